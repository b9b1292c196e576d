/**
 * `make replay FILE=history.json`: runs an execution of Step Functions again on the local engine, with the answers and errors of its
 * history, by the definition of today, and says what differs. docs/operations.md has how it is used.
 */
import { createInterface, type Interface } from 'node:readline/promises';
import { allStates, parseDefinition } from '../../local/aws/step-functions/engine/definition.ts';
import { SettingError } from '../../local/settings.ts';
import { terraformPath } from '../../local/stack.ts';
import { readTerraform, TerraformError } from '../../local/terraform/stack-description.ts';
import { compare } from './compare.ts';
import { DOWNLOAD, ReplayError, readHistoryFile, unscaled } from './history-file.ts';
import { differenceLine, endLine, nowLine, Story } from './lines.ts';
import { play } from './play.ts';
import { type Recording, readRecording, requireData } from './recording.ts';

const USAGE = `make replay FILE=history.json [NAME=value ...]: runs an execution again with its recorded answers, and says what differs today

The file: ${DOWNLOAD}

FILE        what that command wrote; several pages one after the other are fine
STAGE       whose definition of today (dev)
STEP=1      waits for Enter after every step, and prints inputs and outputs whole
QUIET=1     only says what differs
TIME_SCALE  of the local stack that made the history, whose times are stretched by it; AWS's is 1 (1)

Exit code: 0 the run of today is that of then, 1 it differs, 2 a file or setting that cannot be used (make turns 1 into 2)`;

interface Output {
  write(text: string): unknown;
}

export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Resolves when a person goes on. */
  readonly nextStep: () => Promise<unknown>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param path of the Terraform JSON with the definition of today; that of STAGE without it
 * @returns the exit code
 */
export async function replay(
  environment: Environment,
  args: readonly string[],
  { stdout, stderr, nextStep }: Terminal,
  path = terraformPath(environment.STAGE || 'dev'),
): Promise<number> {
  const [option] = args;
  if (option !== undefined) {
    const isHelp = option === '--help' || option === '-h';
    (isHelp ? stdout : stderr).write(isHelp ? `${USAGE}\n` : `${option} is no option; there is --help\n`);
    return isHelp ? 0 : 2;
  }
  const say = (line: string) => stdout.write(`${line}\n`);
  try {
    const { file, timeScale, isStepped, isQuiet } = readOptions(environment);
    const then = readRecording(unscaled(readHistoryFile(file), timeScale));
    requireData(file, then);
    const { stateMachine } = readTerraform(path);
    const { definition } = stateMachine;
    const states = statesOf(definition);
    for (const remark of remarks(then, stateMachine.name)) say(remark);
    if (isStepped) stderr.write('Enter goes on to the next step.\n');
    const story = new Story(then, isStepped);
    const onProgress = async (now: Recording) => {
      for (const line of story.more(now)) {
        say(line);
        if (isStepped) await nextStep();
      }
    };
    const options = { definition, stateMachineArn: stateMachine.arn };
    const played = await play(then, isQuiet ? options : { ...options, onProgress });
    const differences = compare(then, played, states);
    say(`\nthen  ${endLine(then)}\nnow   ${nowLine(then, played.now)}`);
    say(
      differences.length === 0
        ? 'no differences'
        : `${differences.length === 1 ? '1 difference' : `${differences.length} differences`}:`,
    );
    for (const difference of differences) say(differenceLine(difference));
    return differences.length === 0 ? 0 : 1;
  } catch (thrown) {
    const isUsers = thrown instanceof ReplayError || thrown instanceof SettingError || thrown instanceof TerraformError;
    if (!isUsers) throw thrown;
    stderr.write(`${thrown.message}\n`);
    return 2;
  }
}

function readOptions({ FILE, TIME_SCALE, STEP, QUIET }: Environment) {
  if (!FILE) throw new ReplayError(`FILE is missing: make replay FILE=history.json. Download one: ${DOWNLOAD}`);
  const timeScale = Number(TIME_SCALE || 1);
  if (!(timeScale > 0 && timeScale <= 100))
    throw new SettingError(`TIME_SCALE is ${TIME_SCALE}; it must be a number above 0, up to 100`);
  return { file: FILE, timeScale, isStepped: STEP === '1', isQuiet: QUIET === '1' };
}

/** @throws ReplayError for a definition that the local engine does not run */
function statesOf(definition: unknown): ReadonlySet<string> {
  try {
    return new Set(allStates(parseDefinition(definition)).map(([name]) => name));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replaceAll(/\s*\n\s*/g, ' ') : cause;
    throw new ReplayError(`The definition of today cannot be run: ${why}`, { cause });
  }
}

/** What to know of a recording before its replay. */
function remarks({ executionArn, redrives, end }: Recording, machine: string): string[] {
  const recordedIn = executionArn?.split(':').at(-2);
  const isOther = recordedIn !== undefined && recordedIn !== machine;
  return [
    ...(isOther ? [`It ran in ${recordedIn}; it is compared with ${machine} (STAGE).`] : []),
    ...(redrives > 0 ? [`It was redriven (${redrives}); what came after its first end is not replayed.`] : []),
    ...(end.status === 'RUNNING' ? ['It had not ended when it was downloaded; it is replayed up to there.'] : []),
  ];
}

if (import.meta.main) {
  // Opened only when it is asked: a program in the background must not touch the terminal's input.
  let keyboard: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  const nextStep = async () => {
    keyboard ??= createInterface({ input: process.stdin });
    lines ??= keyboard[Symbol.asyncIterator]();
    await lines.next();
  };
  const { stdout, stderr } = process;
  process.exitCode = await replay(process.env, process.argv.slice(2), { stdout, stderr, nextStep });
  keyboard?.close();
}
