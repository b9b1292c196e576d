/** `make bench`: measures what docs/performance.md shows, each figure beside a limit or a twin of the same run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ROOT } from '../../support/stack/process.ts';
import type { Effort, Figure, Part } from './figures.ts';
import { bundles } from './parts/bundles.ts';
import { cost } from './parts/cost.ts';
import { crowd } from './parts/crowd.ts';
import { processor } from './parts/processor.ts';
import { runs } from './parts/runs.ts';
import { simulated } from './parts/simulated.ts';
import { start } from './parts/start.ts';
import { status } from './parts/status.ts';
import { sweep } from './parts/sweep.ts';
import { thousandth } from './parts/thousandth.ts';
import { uneven } from './parts/uneven.ts';
import { renderTable, updateDocument } from './table.ts';

export const PARTS: readonly Part[] = [
  runs,
  uneven,
  processor,
  crowd,
  status,
  thousandth,
  start,
  bundles,
  cost,
  simulated,
];
const EFFORT_TIMES = 5;
const DOCUMENT = join(ROOT, 'docs', 'performance.md');

const USAGE = `Usage: make bench [NAME=value ...]

Measures speed, load and cost on this machine, each beside a limit or a twin of the same run, a quarter of an hour.
A whole run also writes the table of docs/performance.md. Keep the machine quiet meanwhile.

  QUICK=1                   under a minute: whether it all works, not for its figures
  TEST=1                    the tests that need a quiet machine, which make test leaves out: of this, and of make demo
  PARTS=a,b                 only these parts: ${PARTS.map(({ name }) => name).join(', ')}
  SWEEP=1                   batches at a time × actions of a batch, against an AI with a limit on its concurrency
  JSON_FILE=dist/bench.json where the figures go, with single measurements`;

/** @throws RangeError naming a part that does not exist */
function chosenParts({ SWEEP, PARTS: names }: NodeJS.ProcessEnv): readonly Part[] {
  if (SWEEP === '1') return [sweep];
  if (!names) return PARTS;
  return names.split(',').map((name) => {
    const part = PARTS.find((each) => each.name === name);
    if (part === undefined) throw new RangeError(`there is no part "${name}". ${USAGE}`);
    return part;
  });
}

/** Measures some parts, one after the other. */
export async function bench(parts: readonly Part[], effort: Effort): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const part of parts) {
    effort.progress(`${part.name} ...`);
    figures.push(...(await part.measure({ ...effort, progress: (text) => effort.progress(`${part.name}: ${text}`) })));
  }
  return figures;
}

async function main(): Promise<number> {
  const { env } = process;
  if (process.argv.length > 2) {
    console.log(USAGE);
    return process.argv[2] === '--help' ? 0 : 2;
  }
  const parts = chosenParts(env);
  const isQuick = env.QUICK === '1';
  const startedAt = performance.now();
  const progress = (text: string) =>
    void process.stderr.write(`[${Math.round((performance.now() - startedAt) / 1000)} s] ${text}\n`);
  const figures = await bench(parts, { isQuick, times: isQuick ? 1 : EFFORT_TIMES, progress });
  const file = resolve(env.JSON_FILE || join(ROOT, 'dist', 'bench.json'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ measuredAt: new Date().toISOString(), isQuick, figures }, null, 2)}\n`);
  const table = renderTable(figures);
  console.log(table);
  if (!isQuick && parts === PARTS) updateDocument(DOCUMENT, 'bench', table);
  if (!isQuick && env.SWEEP === '1') updateDocument(DOCUMENT, 'sweep', table);
  return 0;
}

if (import.meta.main) {
  process.exitCode = await main().catch((error: unknown) => {
    process.stderr.write(`The bench could not be run: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  });
}
