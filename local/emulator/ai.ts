/** `node local/emulator/ai.ts`: the mock of Amazon Bedrock alone, for the functions of an emulator, until it is stopped. */
import { EMULATOR_DEFAULTS } from '../../modules/emulator.ts';
import { createBedrock } from '../aws/bedrock/bedrock.ts';
import { parseAiSettings } from '../aws/bedrock/settings.ts';
import { startEndpoint } from '../aws/endpoint.ts';
import type { RunningServer } from '../http/server.ts';
import { SettingError } from '../settings.ts';

/** Where an emulator's stage looks for it. */
export const AI_PORT = Number(new URL(EMULATOR_DEFAULTS.bedrockEndpoint).port);

const HELP = `usage: node local/emulator/ai.ts

The local stack's mock of Amazon Bedrock, on this machine's 127.0.0.1 alone, until Ctrl-C.

Settings, by environment variables:
  AI_PORT=${AI_PORT}     its port
  AI_LATENCY_MS    how long an answer takes: 1000, or a range such as 500-1500
  AI_FAULTS        rates of faults as JSON: {"throttle":0.1,"error":0.05,"malformed":0.05,"hang":0.01,"denied":0.05}
  AI_SEED          another seed, other answers and faults`;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws SettingError when the variable is no port */
export function readPort(environment: Environment, name: string, otherwise: number): number {
  const port = Number(environment[name] || otherwise);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new SettingError(`${name} is ${environment[name]}; it must be a whole number from 1 to 65535`);
}

/**
 * Starts the mock at AI_PORT, with AI_LATENCY_MS, AI_FAULTS and AI_SEED.
 * @throws SettingError naming the setting; Error with the code `port_in_use`
 */
export async function startAi(environment: Environment): Promise<RunningServer> {
  const { service } = createBedrock({ settings: parseAiSettings(environment) });
  return startEndpoint({ bedrock: service }, readPort(environment, 'AI_PORT', AI_PORT));
}

if (import.meta.main) {
  if (process.argv.length > 2) {
    console.log(HELP);
    process.exitCode = process.argv[2] === '--help' ? 0 : 2;
  } else {
    try {
      const { url, close } = await startAi(process.env);
      console.log(`The AI mock answers at ${url}`);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
