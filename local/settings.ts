import { join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of the local stack besides those of the AI (bedrock/settings.ts) and of AWS's faults (aws-faults.ts). */
export interface LocalSettings {
  /** Port of the HTTP API; 0 takes any free one. */
  readonly port: number;
  /** Folder that holds the database, executions, inbox and key; an absolute path. */
  readonly dataDir: string;
  /** Multiplies every wait and timeout of the engine and of the Lambdas. */
  readonly timeScale: number;
  /** How often each status event reaches the event bus: EventBridge promises once at least, and no event for certain. */
  readonly eventDeliveries: number;
  /** Executions that may run at once, in place of what the stage admits. */
  readonly maxRunningExecutions?: number;
  /** The Lambda (its folder's name) that a debugger may enter, and the port for it; 0 takes any free one. */
  readonly inspect?: { readonly lambda: string; readonly port: number };
}

/** Where Node, and so every debugger, looks first (Node's documentation, "Debugger"); `.vscode/launch.json` has it too. */
const INSPECT_PORT = 9229;

/** A setting that cannot be used; the message names it. */
export class SettingError extends Error {
  readonly code = 'invalid_settings';
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws SettingError with an example of what it may be, when the text is no JSON object */
export function parseSetting(name: string, text: string, example: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SettingError(`${name} is not JSON. Write it like ${example}`);
  }
  if (isRecord(value)) return value;
  throw new SettingError(`${name} must be a JSON object like ${example}`);
}

/**
 * Reads PORT, DATA_DIR, TIME_SCALE, EVENT_DELIVERIES, MAX_RUNNING_EXECUTIONS, INSPECT and INSPECT_PORT.
 * @throws SettingError naming the setting, what it is and what it may be
 */
export function readSettings(environment: Environment): LocalSettings {
  const read = (name: string, otherwise: number, isRight: (value: number) => boolean, must: string): number => {
    const value = Number(environment[name] || otherwise);
    if (isRight(value)) return value;
    throw new SettingError(`${name} is ${environment[name]}; it must be ${must}`);
  };
  const whole = (most: number) => (value: number) => Number.isInteger(value) && value >= 0 && value <= most;
  const readPort = (name: string, otherwise: number) =>
    read(name, otherwise, whole(65_535), 'a whole number from 0 (any free port) to 65535');
  const inspectPort = readPort('INSPECT_PORT', INSPECT_PORT);
  return {
    port: readPort('PORT', 3000),
    timeScale: read('TIME_SCALE', 1, (value) => value > 0 && value <= 100, 'a number above 0, up to 100'),
    eventDeliveries: read('EVENT_DELIVERIES', 1, whole(10), 'a whole number from 0 (events are lost) to 10'),
    ...(environment.MAX_RUNNING_EXECUTIONS && {
      maxRunningExecutions: read('MAX_RUNNING_EXECUTIONS', 1, whole(100_000), 'a whole number from 0 (none) to 100000'),
    }),
    ...(environment.INSPECT && { inspect: { lambda: environment.INSPECT, port: inspectPort } }),
    dataDir: resolve(environment.DATA_DIR || join(import.meta.dirname, '..', '.local')),
  };
}
