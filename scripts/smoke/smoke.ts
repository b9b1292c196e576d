/** `make smoke`: tries a deployed stage, or the local stack, as people use it, and says in plain words what it saw. */
import { SettingError } from '../../local/settings.ts';
import { loadConfig } from '../../modules/config.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { clientConfigOf } from '../stage/aws.ts';
import { readOutputs } from '../terraform/outputs.ts';
import { ToolError } from '../terraform/tool.ts';
import { sayError } from './api.ts';
import { counted, seconds } from './finding.ts';
import { localTarget } from './local.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { given, signInTo } from './sign-in.ts';
import { type Target, Trial } from './trial.ts';

interface Output {
  write(text: string): unknown;
}

const [WELL, BROKEN, NOT_BEGUN, STOPPED] = [0, 1, 2, 130] as const;

/** What the person who calls has to do something about; the message is all that they need. */
const isOfPerson = (thrown: unknown): thrown is Error =>
  [SettingError, SynthError, ToolError].some((Class) => thrown instanceof Class);

/** @throws ToolError, SynthError: what has to be done first */
async function findTarget(options: Options, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Target> {
  const { stage, url, token, otherToken } = options;
  if (stage === undefined) {
    if (token === undefined) return localTarget(url ?? '', signal);
    return { url: url ?? '', signedIn: given(token, otherToken), stage };
  }
  const config = loadConfig(stage);
  const aws = clientConfigOf(config, environment);
  const outputs = readOutputs(stage, environment);
  return {
    url: url ?? outputs.get('apiUrl').replace(/\/$/, ''),
    signedIn: await signInTo(stage, outputs, options, aws),
    stage: { config, aws },
  };
}

/**
 * Tries what the environment names.
 * @returns the exit code: see USAGE
 */
export async function smoke(
  environment: NodeJS.ProcessEnv,
  [option]: readonly string[],
  stdout: Output,
  stderr: Output,
  signal: AbortSignal,
): Promise<number> {
  if (option !== undefined) {
    const isHelp = option === '--help' || option === '-h';
    (isHelp ? stdout : stderr).write(isHelp ? `${USAGE}\n` : `${option} is no option; there is --help\n`);
    return isHelp ? WELL : NOT_BEGUN;
  }
  try {
    const options = readOptions(environment);
    const human = options.isJson ? stderr : stdout;
    const begunAt = performance.now();
    const target = await findTarget(options, environment, signal);
    const steps = await new Trial(target, options, signal, (line) => human.write(`${line}\n`)).run();
    const broken = steps.filter(({ isWell }) => !isWell).length;
    const verdict = broken === 0 ? 'All is well' : `Broken: ${counted(broken, 'thing')}`;
    human.write(`${verdict}, after ${seconds(performance.now() - begunAt)}.\n`);
    if (options.isJson) stdout.write(`${JSON.stringify({ url: target.url, isWell: broken === 0, steps })}\n`);
    return broken === 0 ? WELL : BROKEN;
  } catch (thrown) {
    stderr.write(`${signal.aborted ? 'Stopped.' : isOfPerson(thrown) ? thrown.message : sayError(thrown)}\n`);
    return signal.aborted ? STOPPED : NOT_BEGUN;
  }
}

async function main(): Promise<void> {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait for the cleaning up.
      if (controller.signal.aborted) process.exit(STOPPED);
      process.stderr.write('\nStopping, and cleaning up ...\n');
      controller.abort();
    });
  }
  process.exitCode = await smoke(process.env, process.argv.slice(2), process.stdout, process.stderr, controller.signal);
}

if (import.meta.main) await main();
