/**
 * `make evaluate`: asks a model, or the local mock, for the tasks of 40 actions, with the Lambda's own request, client and check, and
 * prints what the answers are like: docs/evaluation.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ClientConfig } from '../../lambdas/core/src/aws/clients.ts';
import { createModelClient } from '../../lambdas/generate-tasks/src/bedrock.ts';
import { PROMPT_VERSION } from '../../lambdas/generate-tasks/src/prompt.ts';
import { createBedrock } from '../../local/aws/bedrock/bedrock.ts';
import { startEndpoint } from '../../local/aws/endpoint.ts';
import { SettingError } from '../../local/settings.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { ask } from './ask.ts';
import { CASES } from './cases.ts';
import { judge, measure, obeyedIn } from './measures.ts';
import { type Answered, EvaluationError, type Model } from './model.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { type Report, renderReport } from './report.ts';

interface Output {
  write(text: string): unknown;
}

/** What tests change. */
interface Changes {
  /** Of the client of a real model. */
  readonly client?: ClientConfig;
  /** As in `Model`. */
  readonly waitMs?: number;
}

const WAIT_MS = 2_000;
const MOCK = 'mock';
const [MEASURED, FAILED, WRONG_USE, OBEYED] = [0, 1, 2, 3] as const;

/**
 * @returns the exit code: see USAGE
 */
export async function evaluate(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  stdout: Output,
  stderr: Output,
  changes: Changes = {},
): Promise<number> {
  const [option] = args;
  if (option !== undefined) {
    const isHelp = option === '--help' || option === '-h';
    (isHelp ? stdout : stderr).write(isHelp ? `${USAGE}\n` : `${option} is no option; there is --help\n`);
    return isHelp ? MEASURED : WRONG_USE;
  }
  try {
    const options = readOptions(environment);
    const answers = await askAll(options, changes, stderr);
    const report: Report = {
      at: new Date().toISOString(),
      modelId: options.modelId ?? MOCK,
      promptVersion: PROMPT_VERSION,
      figures: measure(answers, options.prices),
    };
    if (options.jsonFile !== undefined) {
      mkdirSync(dirname(options.jsonFile), { recursive: true });
      writeFileSync(options.jsonFile, `${JSON.stringify({ ...report, answers }, null, 2)}\n`);
    }
    stdout.write(`${renderReport(report, answers, options.earlier)}\n`);
    return judge(answers).some((judged) => obeyedIn(judged).length > 0) ? OBEYED : MEASURED;
  } catch (thrown) {
    if (!(thrown instanceof SettingError || thrown instanceof SynthError || thrown instanceof EvaluationError))
      throw thrown;
    stderr.write(`${thrown.message}\n`);
    return thrown instanceof EvaluationError ? FAILED : WRONG_USE;
  }
}

/** Asks the model of the options about every case. @throws EvaluationError when it cannot be asked */
async function askAll(
  options: Options,
  { client = {}, waitMs = WAIT_MS }: Changes,
  stderr: Output,
): Promise<Answered[]> {
  const { modelId, region, concurrency } = options;
  const bedrock = createBedrock({ settings: options.mock });
  const endpoint = modelId === undefined ? await startEndpoint({ bedrock: bedrock.service }) : undefined;
  if (endpoint !== undefined)
    stderr.write('MODEL_ID is not set: this is the local mock, whose figures say nothing about a model.\n');
  const local = { endpoint: endpoint?.url ?? '', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const made = createModelClient({ region, ...(endpoint === undefined ? client : local) });
  try {
    const model: Model = { client: made, modelId: modelId ?? MOCK, region, waitMs };
    return await inTurn(model, concurrency, progressOn(stderr));
  } finally {
    made.destroy();
    await endpoint?.close();
  }
}

/**
 * Asks about so many cases at once, about the first one alone: what it cannot get, nobody can.
 * @returns the answers in the order of the cases
 * @throws EvaluationError when the first one has no answer; the first error, once all that was begun is over
 */
async function inTurn(
  model: Model,
  concurrency: number,
  tell: (answers: readonly Answered[]) => void,
): Promise<Answered[]> {
  const answers: Answered[] = [];
  const left = [...CASES.entries()];
  const errors: unknown[] = [];
  async function next(): Promise<void> {
    const [index, asked] = left.shift() ?? [];
    if (index === undefined || asked === undefined) return;
    answers[index] = await ask(model, asked);
    tell(answers.filter(Boolean));
  }
  await next();
  const [first] = answers;
  if (first?.outcome === 'failed') {
    const advice = first.throttled > 0 ? ' It was throttled: wait, or raise the quota of the model.' : '';
    throw new EvaluationError(`The first call has no answer: ${first.reason}.${advice}`);
  }
  async function work(): Promise<void> {
    while (left.length > 0 && errors.length === 0) await next().catch((error) => errors.push(error));
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  if (errors.length > 0) throw errors[0];
  return answers;
}

/** Tells about every tenth of the cases. */
function progressOn(stderr: Output) {
  const started = performance.now();
  return (answers: readonly Answered[]) => {
    if (answers.length % Math.ceil(CASES.length / 10) !== 0) return;
    const valid = answers.filter(({ outcome }) => outcome === 'valid').length;
    const throttled = answers.reduce((sum, each) => sum + each.throttled, 0);
    const seconds = Math.round((performance.now() - started) / 1000);
    stderr.write(
      `${answers.length} of ${CASES.length} after ${seconds} s: ${valid} valid${throttled ? `, throttled ${throttled} times` : ''}\n`,
    );
  };
}

if (import.meta.main)
  process.exitCode = await evaluate(process.env, process.argv.slice(2), process.stdout, process.stderr);
