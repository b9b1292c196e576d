import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROUTES } from '../../../../modules/api/routes.ts';
import { LAMBDAS, type LambdaName } from '../../../../modules/workflow/function-table.ts';
import { zipBundle } from '../../../../scripts/build/bundle.ts';
import { ROOT } from '../../../support/stack/process.ts';
import { startVariables } from '../../../support/start-variables.ts';
import { type Effort, type Figure, median, type Part } from '../figures.ts';
import { bundleCareless } from '../support/careless-twin.ts';
import { temporaryFolder } from '../support/stack.ts';

const DEPLOYED = join(ROOT, 'dist', 'lambdas');
const RUNTIME = join(import.meta.dirname, '..', 'support', 'first-answer.cjs');

/** Runs Node to its end. @returns its lines, and the milliseconds from its start to the one that is awaited, or to its end */
async function timed(args: readonly string[], env: Record<string, string>, awaited?: string) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let ms: number | undefined;
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (awaited !== undefined && line.startsWith(awaited)) ms = performance.now() - startedAt;
  });
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`Node ended with exit code ${exitCode}: ${args.join(' ')}`);
  return { lines, ms: ms ?? performance.now() - startedAt };
}

/** Starts a Lambda in a process of its own, without a compile cache. @param directory of its bundle */
async function start(name: LambdaName, directory: string) {
  const { lines, ms } = await timed([RUNTIME], startVariables(name, directory), 'ANSWER ');
  const answer = lines.at(-1);
  if (!answer?.startsWith('ANSWER ')) throw new Error(`${name} gave no answer: ${lines.join('\n')}`);
  return { answer, ms };
}

/** The two bundles of a Lambda, side by side. */
async function compare(name: LambdaName, folder: string, { times, progress }: Effort) {
  const code = await bundleCareless(join(ROOT, 'lambdas', name));
  const twin = join(folder, name);
  mkdirSync(twin);
  writeFileSync(join(twin, 'index.js'), code);
  const ms: number[] = [];
  const twinMs: number[] = [];
  const bareMs: number[] = [];
  for (let time = 1; time <= times; time += 1) {
    progress(`${name}: start ${time} of ${times}`);
    const ours = await start(name, join(DEPLOYED, name));
    const theirs = await start(name, twin);
    if (ours.answer !== theirs.answer) throw new Error(`${name} and its twin differ: ${ours.answer}, ${theirs.answer}`);
    ms.push(ours.ms);
    twinMs.push(theirs.ms);
    bareMs.push((await timed(['-e', '0'], {})).ms);
  }
  const bare = median(bareMs);
  return {
    name,
    kilobytes: readFileSync(join(DEPLOYED, `${name}.zip`)).length / 1024,
    twinKilobytes: zipBundle(code).length / 1024,
    ms,
    twinMs,
    bareMs,
    ratio: median(ms) / median(twinMs),
    /** Of what comes on top of Node's own start. */
    ownRatio: (median(ms) - bare) / (median(twinMs) - bare),
  };
}

type Comparison = Awaited<ReturnType<typeof compare>>;

/** Such as `92 ms of 340 ms`, over the Lambdas that are meant. */
function inWords(all: readonly Comparison[], isMeant: (name: string) => boolean): string {
  const meant = all.filter(({ name }) => isMeant(name));
  const msOf = (key: 'ms' | 'twinMs') => Math.round(median(meant.map((each) => median(each[key]))));
  return `${msOf('ms')} ms of ${msOf('twinMs')} ms`;
}

const isFrontDoor = (name: string) => ROUTES.some(({ lambda }) => lambda === name);

function figuresOf(all: readonly Comparison[]): Figure[] {
  const largest = (of: (each: Comparison) => number) => Math.max(...all.map(of));
  const limit = 'a careless twin: Ajv at run time, all of winston, no replacements';
  const bare = Math.round(median(all.flatMap(({ bareMs }) => bareMs)));
  const kilobytes = LAMBDAS.map((name) => readFileSync(join(DEPLOYED, `${name}.zip`)).length / 1024);
  const zipRatio = largest((each) => each.kilobytes / each.twinKilobytes);
  return [
    {
      what: 'process start to first answer, each Lambda',
      limit,
      measured: `front door ${inWords(all, isFrontDoor)}, GenerateTasks ${inWords(all, (name) => name === 'generate-tasks')}`,
      value: largest(({ ratio }) => ratio),
      mustReach: 0.5,
      details: all,
    },
    {
      what: "the same without Node's own start",
      limit,
      measured: `Node itself takes ${bare} ms of each`,
      value: largest(({ ownRatio }) => ownRatio),
    },
    {
      what: 'zip of each Lambda, winston included',
      limit: '90 KB',
      measured: `${Math.min(...kilobytes).toFixed(1)} to ${Math.max(...kilobytes).toFixed(1)} KB`,
      value: Math.max(...kilobytes),
      mustReach: 90,
      details: Object.fromEntries(LAMBDAS.map((name, index) => [name, kilobytes[index]])),
    },
    {
      what: "zip of each Lambda, as a part of its twin's",
      limit,
      measured: `the twins have ${Math.round(Math.min(...all.map((each) => each.twinKilobytes)))} to ${Math.round(largest((each) => each.twinKilobytes))} KB`,
      value: zipRatio,
    },
  ];
}

/**
 * What the build does for a Lambda (scripts/build): the start of a process and the size of the zip, beside a twin of the same
 * sources that is bundled without a thought of either. A start is measured from the spawn of a new Node to the line that
 * says what the handler answered to an event that its validation refuses. So it holds Node's own start, which no bundle
 * can change, the loading of the bundle, the clients that the Lambda makes at its start, the validation and the log; it
 * holds no call of a service, and no compile cache, which Lambda has not either.
 */
export const bundles: Part = {
  name: 'bundles',
  async measure(effort) {
    using folder = temporaryFolder();
    // The twins are CommonJS, whatever is above their folder.
    writeFileSync(join(folder.path, 'package.json'), '{ "type": "commonjs" }\n');
    const all: Comparison[] = [];
    for (const name of effort.isQuick ? (['get-status', 'generate-tasks'] as const) : LAMBDAS)
      all.push(await compare(name, folder.path, effort));
    return figuresOf(all);
  },
};
