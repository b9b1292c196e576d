import { join, resolve } from 'node:path';

/** Settings of the local stack besides those of the AI (bedrock/settings.ts). */
export interface LocalSettings {
  /** Port of the HTTP API; 0 takes any free one. */
  readonly port: number;
  /** Folder that holds the database, executions, inbox and key; an absolute path. */
  readonly dataDir: string;
  /** Multiplies every wait and timeout of the engine and of the Lambdas. */
  readonly timeScale: number;
  /** How often each status event reaches the event bus: EventBridge promises once at least, and no event for certain. */
  readonly eventDeliveries: number;
}

const MAXIMUM_DELIVERIES = 10;

/** A setting that cannot be used; the message names it. */
export class SettingError extends Error {
  readonly code = 'invalid_settings';
}

const ROOT = join(import.meta.dirname, '..');

/**
 * Reads PORT, DATA_DIR, TIME_SCALE and EVENT_DELIVERIES.
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
  const eventDeliveries = Number(environment.EVENT_DELIVERIES || 1);
  if (!Number.isInteger(eventDeliveries) || eventDeliveries < 0 || eventDeliveries > MAXIMUM_DELIVERIES) {
    throw new SettingError(
      `EVENT_DELIVERIES is ${environment.EVENT_DELIVERIES}; it must be a whole number from 0 (events are lost) to ${MAXIMUM_DELIVERIES}`,
    );
  }
  return { port, timeScale, eventDeliveries, dataDir: resolve(environment.DATA_DIR || join(ROOT, '.local')) };
}
