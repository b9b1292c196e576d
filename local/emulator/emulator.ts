/** `make emulator`: MiniStack and the mock AI, until Ctrl-C. */
import { lookup } from 'node:dns/promises';
import { join, relative } from 'node:path';
import { readStages } from '../../modules/config.ts';
import { EMULATOR_DEFAULTS, type EmulatorConfig } from '../../modules/emulator.ts';
import { makeVenv, venvProgram } from '../../scripts/python.ts';
import { languageOf } from '../demo/messages.ts';
import { AI_PORT, readPort, startAi } from './ai.ts';
import { TEXTS } from './messages.ts';
import { refuseTaken, startMiniStack } from './ministack.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const VENV = { name: 'emulator', requirements: join(import.meta.dirname, 'requirements.txt') };
const PORT = Number(new URL(EMULATOR_DEFAULTS.endpoint).port);

type Environment = Readonly<Record<string, string | undefined>>;
type Texts = (typeof TEXTS)['en'];

/**
 * The lines that deploy to the emulator and try it, for a shell in the root of the repository.
 * @param urls where the emulator and the mock AI answer
 */
export function nextLines(stage: string, { endpoint, bedrockEndpoint }: EmulatorConfig): readonly string[] {
  const addresses = [
    ...(endpoint === EMULATOR_DEFAULTS.endpoint ? [] : [`AWS_ENDPOINT_URL=${endpoint}`]),
    ...(bedrockEndpoint === EMULATOR_DEFAULTS.bedrockEndpoint
      ? []
      : [`AWS_ENDPOINT_URL_BEDROCK_RUNTIME=${bedrockEndpoint}`]),
  ];
  return [
    ...(addresses.length === 0 ? [] : [`export ${addresses.join(' ')}`]),
    `make deploy STAGE=${stage} AUTO_APPROVE=1`,
    `make smoke STAGE=${stage}`,
  ];
}

/** Whether a host is this machine; a name that nobody knows is not. */
const isHere = (host: string) =>
  lookup(host).then(
    ({ address }) => address === '127.0.0.1' || address === '::1',
    () => false,
  );

interface Person {
  readonly texts: Texts;
  /** Takes a line to read. */
  readonly tell: (line: string) => void;
  /** Holds `.venv` with MiniStack and `.local` with its log: the repository; tests have their own. */
  readonly folder?: string;
}

/**
 * Starts MiniStack and the mock AI, and tells what to do next.
 * @param environment PORT, AI_PORT, AI_LATENCY_MS, AI_FAULTS, AI_SEED, and PATH, to find Python in
 * @returns what stops both, and what resolves when MiniStack is lost
 * @throws Error with one line for a person
 */
export async function startEmulator(environment: Environment, { texts, tell, folder = ROOT }: Person) {
  const [found] = [...readStages()].filter(([, { emulator }]) => emulator);
  if (found === undefined) throw new Error(texts.noStage);
  const [stage, { region, account }] = found;
  const port = readPort(environment, 'PORT', PORT);
  const aiPort = readPort(environment, 'AI_PORT', AI_PORT);
  // Nothing is fetched for an emulator that cannot start.
  await refuseTaken(port).catch(naming(texts, 'PORT', port));
  const ai = await startAi(environment).catch(naming(texts, 'AI_PORT', aiPort));
  const logFile = join(folder, '.local', `emulator-${port}.log`);
  try {
    const venv = { ...VENV, root: join(folder, '.venv') };
    makeVenv({ ...venv, notice: texts.installing }, environment.PATH);
    tell(texts.starting);
    const python = venvProgram(venv, 'python');
    const miniStack = await startMiniStack({ python, port, region, account, logFile });
    const endpoint = `http://localhost:${port}`;
    const host = `${account}.localhost`;
    const lines = [
      texts.running(endpoint, ai.url),
      texts.logFile(relative(process.cwd(), logFile)),
      ...((await isHere(host)) ? [] : ['', texts.hosts(host)]),
      '',
      texts.next,
      ...nextLines(stage, { endpoint, bedrockEndpoint: ai.url }).map((line) => `  ${line}`),
      '',
      texts.lives,
      texts.stop,
    ];
    for (const line of lines) tell(line);
    return { lost: miniStack.lost, stop: () => Promise.all([miniStack.stop(), ai.close()]) };
  } catch (error) {
    await ai.close();
    throw error;
  }
}

/** Says how to choose another port, where an error says that this one is taken. */
const naming = (texts: Texts, name: string, port: number) => (error: unknown) => {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'port_in_use';
  throw isTaken ? new Error(texts.taken(name, String(port)), { cause: error }) : error;
};

/** @returns the exit code: 0 after a stop, 1 when it could not start or go on, 2 for an option that does not exist */
async function main(): Promise<number> {
  const texts = TEXTS[languageOf(process.env)];
  const [option] = process.argv.slice(2);
  if (option !== undefined) {
    const isHelp = option === '--help' || option === '-h';
    (isHelp ? process.stdout : process.stderr).write(`${texts.usage}\n`);
    return isHelp ? 0 : 2;
  }
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  try {
    const tell = (line: string) => void process.stdout.write(`${line}\n`);
    const emulator = await startEmulator(process.env, { texts, tell });
    const lost = await Promise.race([asked, emulator.lost]);
    if (lost instanceof Error) process.stderr.write(`${texts.ended(lost.message)}\n`);
    process.stdout.write(`\n${texts.stopping}\n`);
    await emulator.stop();
    return lost instanceof Error ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${texts.failed(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main();
