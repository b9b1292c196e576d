import { join, resolve } from 'node:path';

/** Settings of the local stack besides those of the AI (bedrock/settings.ts). */
export interface LocalSettings {
  /** Port of the HTTP API; 0 takes any free one. */
  readonly port: number;
  /** Folder that holds the database, executions, inbox and key; an absolute path. */
  readonly dataDir: string;
  /** Multiplies every wait and timeout of the engine and of the Lambdas. */
  readonly timeScale: number;
}

/** A setting that cannot be used; the message names it. */
export class SettingError extends Error {
  readonly code = 'invalid_settings';
}

const ROOT = join(import.meta.dirname, '..');

/**
 * Reads PORT, DATA_DIR and TIME_SCALE.
 * @throws SettingError naming the setting, what it is and what it may be
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): LocalSettings {
  const port = Number(environment.PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new SettingError(`PORT is ${environment.PORT}; it must be a whole number from 0 (any free port) to 65535`);
  }
  const timeScale = Number(environment.TIME_SCALE || 1);
  if (!Number.isFinite(timeScale) || timeScale <= 0 || timeScale > 100) {
    throw new SettingError(`TIME_SCALE is ${environment.TIME_SCALE}; it must be a number above 0, up to 100`);
  }
  return { port, timeScale, dataDir: resolve(environment.DATA_DIR || join(ROOT, '.local')) };
}
