import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const VULNERABLE = {
  vulnerabilities: {
    express: { severity: 'high', via: ['qs'], fixAvailable: true },
    qs: { severity: 'high', via: [{ title: 'Prototype pollution' }], fixAvailable: false },
  },
};

describe('audit of the packages', () => {
  /** Runs it with an npm that does what these lines of shell say. */
  function audit(lines: string) {
    const folder = mkdtempSync(join(tmpdir(), 'goal-activity-audit-'));
    try {
      writeFileSync(join(folder, 'npm'), `#!/bin/sh\n[ "$*" = 'audit --json' ] || exit 9\n${lines}\n`, { mode: 0o755 });
      const script = join(import.meta.dirname, '..', '..', 'scripts', 'audit.ts');
      const env = { ...process.env, PATH: `${folder}:/bin:/usr/bin`, GITHUB_ACTIONS: 'true' };
      return spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const saying = (answer: object, status: number) => `echo '${JSON.stringify(answer)}'; exit ${status}`;

  for (const [title, lines, status, said] of [
    ['fails and names what is vulnerable', saying(VULNERABLE, 1), 1, /qs \(high\): Prototype pollution: no mend yet\n/],
    ['passes when nothing is', saying({ vulnerabilities: {} }, 0), 0, /^0 packages/],
    ['is skipped with a notice where the registry refuses', saying({ statusCode: 405 }, 1), 0, /^::notice::.* 405\n$/],
    [
      'fails when the registry is broken',
      saying({ statusCode: 503, message: '503 Down' }, 1),
      1,
      /failed: 503 Down\n$/,
    ],
    ['fails when it cannot be reached', saying({ message: 'getaddrinfo ENOTFOUND' }, 1), 1, /failed: getaddrinfo/],
    ['fails when npm does not say', 'echo "npm error EUSAGE" >&2; exit 1', 1, /failed: npm error EUSAGE\n$/],
  ] as const) {
    it(title, () => {
      const { status: ended, stdout, stderr } = audit(lines);
      expect(`${stderr}${stdout}`).to.match(said);
      expect(ended).to.equal(status);
    });
  }
});
