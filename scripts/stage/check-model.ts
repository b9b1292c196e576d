/** `make check-model`: calls the models of a stage once each, as generate-tasks does, and says what is missing. See USAGE. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BedrockClient, GetFoundationModelAvailabilityCommand } from '@aws-sdk/client-bedrock';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { ClientConfig } from '../../lambdas/core/src/aws/clients.ts';
import { describeError, TransientError } from '../../lambdas/core/src/errors.ts';
import { askModel, createModelClient, RefusedAnswer } from '../../lambdas/generate-tasks/src/bedrock.ts';
import { loadConfig, PROFILE_PREFIX, type StageConfig } from '../../modules/config.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { DURATIONS } from '../../modules/workflow/variables.ts';
import { clientConfigOf } from './aws.ts';
import { type CalledModel, explain } from './model-access.ts';

const USAGE = `make check-model [STAGE=dev]: whether the account may call the models of a stage

Calls modelId and previousModelIds of the settings once each, in the stage's region, with the request that generate-tasks
sends (some 0.002 USD a model), and says what is missing. The first call of a model in an account enables it there, so let
somebody run this who has rights on AWS Marketplace. It is made with your credentials: the function's own are tried by make
smoke. Credentials are found as the AWS SDK finds them.

Ends with 0 when every model answers, 1 when one does not, and 2 when there is nothing to call.`;

const [ANSWER, REFUSED, NOT_BEGUN] = [0, 1, 2] as const;
/** Bedrock throttles the first calls of a new account now and then. */
const ATTEMPTS = 4;
const WAIT_MS = 2_000;

interface Output {
  write(text: string): unknown;
}

/** What tests change. */
interface Changes {
  /** Of both clients. */
  readonly client?: ClientConfig;
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly waitMs?: number;
}

/** What every call of the check is about. */
const SUBJECT = {
  goal: { title: 'Run my first marathon', description: '', deadline: null },
  action: { title: 'Run slowly three times a week', description: '', type: 'habit', subGoal: 'Base' },
  today: new Date(),
} as const;

/** @returns what came of one model, in words, and whether it answers */
async function check(client: BedrockRuntimeClient, model: CalledModel, waitMs: number): Promise<[boolean, string]> {
  const { modelId, region } = model;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { usage } = await askModel(client, modelId, SUBJECT, Number(DURATIONS.AI_TIMEOUT_MS));
      const { latencyMs = 0, inputTokens, outputTokens } = usage;
      return [true, `${modelId} answers in ${region}: ${latencyMs} ms, ${inputTokens} + ${outputTokens} tokens`];
    } catch (thrown) {
      if (thrown instanceof RefusedAnswer)
        return [false, `${modelId} may be called in ${region}, but does not do what it is asked: ${thrown.message}`];
      const explained = explain(thrown, model);
      if (explained !== undefined) return [false, explained];
      const { name, message } = describeError(Object(thrown).cause ?? thrown);
      const isThrottled = /Throttl|TooManyRequests/.test(name);
      if (!(thrown instanceof TransientError) || attempt === ATTEMPTS) {
        const advice = isThrottled ? ' The quota of the model may be 0 in a new account: see Service Quotas.' : '';
        return [false, `${modelId} did not answer in ${region}, ${attempt} times: ${name}: ${message}${advice}`];
      }
      await sleep(waitMs * 2 ** (attempt - 1));
    }
  }
}

/**
 * What Bedrock says of a model that has answered: while its agreement is being made, calls succeed for up to 15 minutes (Bedrock User Guide,
 * "Request access to models"), and are refused if that fails.
 * @returns undefined when all is well, or nothing can be known: who may call a model may not be allowed to ask this
 */
async function reservation(client: BedrockClient, { modelId }: CalledModel): Promise<string | undefined> {
  try {
    const asked = new GetFoundationModelAvailabilityCommand({ modelId: modelId.replace(PROFILE_PREFIX, '') });
    const { status, errorMessage } = (await client.send(asked)).agreementAvailability ?? {};
    if (status !== 'PENDING' && status !== 'ERROR') return undefined;
    const why = errorMessage === undefined ? '' : ` (${errorMessage})`;
    return `its agreement on AWS Marketplace is ${status}${why}, so it may be refused soon: check again in 15 minutes`;
  } catch {
    return undefined;
  }
}

/** Where the models of a stage are called: an emulator has none, and a mock of them beside it. */
function clientOf(config: StageConfig, environment: NodeJS.ProcessEnv): ClientConfig {
  const client = clientConfigOf(config, environment);
  return config.emulator === undefined ? client : { ...client, endpoint: config.emulator.bedrockEndpoint };
}

/** @returns the exit code: see USAGE */
export async function checkModel(
  environment: NodeJS.ProcessEnv,
  [option]: readonly string[],
  stdout: Output,
  stderr: Output,
  { client: changes = {}, waitMs = WAIT_MS }: Changes = {},
): Promise<number> {
  if (option !== undefined) {
    const isHelp = option === '--help' || option === '-h';
    (isHelp ? stdout : stderr).write(isHelp ? `${USAGE}\n` : `${option} is no option; there is --help\n`);
    return isHelp ? ANSWER : NOT_BEGUN;
  }
  try {
    const config = loadConfig(environment.STAGE || 'dev', undefined, environment);
    const { modelId, previousModelIds = [], region } = config.settings;
    const client = { ...clientOf(config, environment), ...changes };
    const [runtime, control] = [createModelClient(client), new BedrockClient({ ...client, maxAttempts: 1 })];
    let code: number = ANSWER;
    for (const id of [modelId, ...previousModelIds]) {
      const model = { modelId: id, region };
      const [answers, said] = await check(runtime, model, waitMs);
      const but = answers ? await reservation(control, model) : undefined;
      stdout.write(`${answers ? '✔' : '✘'} ${said}${but === undefined ? '' : `; but ${but}`}\n`);
      if (!answers) code = REFUSED;
    }
    if (code === REFUSED) stdout.write('See Model access in docs/operations.md.\n');
    return code;
  } catch (thrown) {
    if (!(thrown instanceof SynthError)) throw thrown;
    stderr.write(`${thrown.message}\n`);
    return NOT_BEGUN;
  }
}

if (import.meta.main)
  process.exitCode = await checkModel(process.env, process.argv.slice(2), process.stdout, process.stderr);
