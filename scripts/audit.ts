/**
 * `node scripts/audit.ts`: asks the npm registry which packages of the lock file have known vulnerabilities, and ends with 1
 * when one has. A registry that refuses the question, as some mirrors do, makes a notice and no failure.
 */
import { spawnSync } from 'node:child_process';

const USAGE = `usage: node scripts/audit.ts
  asks the npm registry for known vulnerabilities (make audit)`;

/** The registry knows no such question, or does not let this client ask it: mirrors answer 400, 403, 404, 405 or 501. */
const REFUSED: ReadonlySet<unknown> = new Set([400, 401, 403, 404, 405, 410, 501]);

const field = (of: unknown, name: string): unknown => Object(of)[name];

/** What npm said. @throws Error when that is no JSON */
function ask(): unknown {
  const { error, stdout, stderr } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error !== undefined) throw error;
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(stderr.trim().split('\n')[0] || 'npm audit said nothing');
  }
}

/** A line for each vulnerable package. @throws Error when the answer is none to this question */
function vulnerabilitiesIn(answer: unknown): readonly string[] {
  const vulnerabilities = field(answer, 'vulnerabilities');
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null) {
    throw new Error(String(field(answer, 'message') ?? 'npm audit named no vulnerabilities, and no error either'));
  }
  return Object.entries(vulnerabilities).map(([name, of]) => {
    const titles = [field(of, 'via')].flat().map((via) => field(via, 'title') ?? String(via));
    const mend = field(of, 'fixAvailable') === false ? 'no mend yet' : 'npm audit fix';
    return `${name} (${String(field(of, 'severity'))}): ${titles.join('; ')}: ${mend}`;
  });
}

if (process.argv.includes('--help')) console.log(USAGE);
else {
  try {
    const answer = ask();
    const status = field(answer, 'statusCode');
    if (REFUSED.has(status)) {
      console.log(
        `${process.env.GITHUB_ACTIONS ? '::notice::' : ''}npm audit was skipped: the registry answered ${status}`,
      );
    } else {
      const lines = vulnerabilitiesIn(answer);
      for (const line of lines) console.error(line);
      console.log(`${lines.length} packages have known vulnerabilities`);
      if (lines.length > 0) process.exitCode = 1;
    }
  } catch (error) {
    console.error(`npm audit failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
