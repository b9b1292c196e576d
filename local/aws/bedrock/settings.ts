import { isRecord, parseSetting, SettingError } from '../../settings.ts';
import { type AwsFaults, NO_FAULTS } from '../aws-faults.ts';

/** Every fault that an AI call can end in, with the share of calls, 0 to 1, that do; together at most 1. */
export const NO_AI_FAULTS = {
  throttle: 0,
  error: 0,
  malformed: 0,
  hang: 0,
  denied: 0,
  /** The connection is reset before the answer. */
  reset: 0,
  /** The connection ends in the middle of the answer. */
  cut: 0,
  /** 200 with nothing. */
  empty: 0,
  /** A good answer, whose first byte comes later by up to AI_SLOW_MS. */
  slow: 0,
  /** 429 and 503, half of them with `Retry-After`. */
  busy: 0,
  unavailable: 0,
};

export type Fault = keyof typeof NO_AI_FAULTS;
export type AiFaults = Record<Fault, number>;

export const FAULTS = Object.keys(NO_AI_FAULTS).filter((name): name is Fault => name in NO_AI_FAULTS);

/** What the Bedrock mock does. This is the form that `GET /local/ai` shows and `PUT /local/ai` takes. */
export interface AiSettings {
  /** Milliseconds an answer takes: `1000`, or a range like `500-1500`. */
  readonly latencyMs: string;
  readonly faults: Readonly<AiFaults>;
  /** Whatever looks random (latency, faults, tasks) follows from this and the message text. */
  readonly seed: string;
}

export const DEFAULT_AI_SETTINGS: AiSettings = { latencyMs: '1000', faults: NO_AI_FAULTS, seed: '1' };

/** Longer than any timeout of the workflow, and a typing error beyond that. */
const MAXIMUM_LATENCY_MS = 3_600_000;

/** How each setting is called where it was written: a field of the control call, or an environment variable. */
const FIELD_NAMES = { latencyMs: 'latencyMs', faults: 'faults', seed: 'seed' };
const VARIABLE_NAMES: typeof FIELD_NAMES = { latencyMs: 'AI_LATENCY_MS', faults: 'AI_FAULTS', seed: 'AI_SEED' };

/** What AWS_FAULTS wants of the AI, under the names that its faults have here. */
const aiFaultsOf = (faults: AwsFaults): Partial<AiFaults> => ({
  reset: faults.aiReset,
  cut: faults.aiCut,
  empty: faults.aiEmpty,
  slow: faults.aiSlow,
  busy: faults.aiThrottle,
  unavailable: faults.aiUnavailable,
});

/**
 * Reads AI_LATENCY_MS (`1000` or `500-1500`), AI_FAULTS (JSON, `{"throttle":0.1}`) and AI_SEED; one that is unset or
 * empty has its default.
 * @param awsFaults gives the shares that AI_FAULTS leaves out, and the seed without AI_SEED
 * @throws SettingError naming the variable
 */
export function parseAiSettings(
  { AI_LATENCY_MS, AI_FAULTS, AI_SEED }: Readonly<Record<string, string | undefined>>,
  awsFaults: AwsFaults = NO_FAULTS,
): AiSettings {
  const faults = mergeFaults(NO_AI_FAULTS, aiFaultsOf(awsFaults), 'AWS_FAULTS');
  const input = {
    ...(AI_LATENCY_MS && { latencyMs: AI_LATENCY_MS }),
    ...(AI_SEED && { seed: AI_SEED }),
    ...(AI_FAULTS && { faults: parseSetting('AI_FAULTS', AI_FAULTS, '{"throttle":0.1,"error":0.05}') }),
  };
  return mergeAiSettings({ ...DEFAULT_AI_SETTINGS, faults, seed: awsFaults.seed }, input, VARIABLE_NAMES);
}

/**
 * The settings with `input`, which comes from outside, laid over `current`; fault rates that it leaves out stay.
 * @throws SettingError naming the setting
 */
export function mergeAiSettings(current: AiSettings, input: unknown, names = FIELD_NAMES): AiSettings {
  if (!isRecord(input)) throw new SettingError('settings must be an object');
  const { latencyMs = current.latencyMs, faults = {}, seed = current.seed, ...others } = input;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new SettingError(`${unknown} is not a setting. Known: ${Object.keys(FIELD_NAMES).join(', ')}`);
  return {
    latencyMs: checkLatency(latencyMs, names.latencyMs),
    faults: mergeFaults(current.faults, faults, names.faults),
    seed: checkSeed(seed, names.seed),
  };
}

/** Lower and upper bound, in milliseconds, of a checked `latencyMs`. */
export function latencyRange(latencyMs: string): { readonly minimum: number; readonly maximum: number } {
  const [first = '0', last = first] = latencyMs.split('-');
  return { minimum: Number(first), maximum: Number(last) };
}

function checkLatency(value: unknown, name: string): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,9}(-\d{1,9})?$/.test(text))
    throw new SettingError(`${name} must be whole milliseconds, like 1000 or 500-1500, not ${JSON.stringify(value)}`);
  const { minimum, maximum } = latencyRange(text);
  if (minimum > maximum) throw new SettingError(`${name} must have its smaller number first, not ${text}`);
  if (maximum > MAXIMUM_LATENCY_MS)
    throw new SettingError(`${name} must be at most ${MAXIMUM_LATENCY_MS}, not ${text}`);
  return text;
}

function checkSeed(value: unknown, name: string): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && text.length > 0 && text.length <= 128) return text;
  throw new SettingError(`${name} must be a whole number or a text of 1 to 128 characters`);
}

function mergeFaults(current: Readonly<AiFaults>, value: unknown, name: string): AiFaults {
  if (!isRecord(value)) throw new SettingError(`${name} must be a JSON object of rates, like {"throttle":0.1}`);
  const merged = { ...current };
  for (const [key, rate] of Object.entries(value)) {
    const fault = FAULTS.find((known) => known === key);
    if (fault === undefined) throw new SettingError(`${name}.${key} is not a fault. Known: ${FAULTS.join(', ')}`);
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1))
      throw new SettingError(`${name}.${key} must be a rate from 0 to 1, not ${JSON.stringify(rate)}`);
    merged[fault] = rate;
  }
  const sum = FAULTS.reduce((total, fault) => total + merged[fault], 0);
  // One call has one outcome, so the rates share it. The margin is for sums like 0.1 + 0.2 + 0.7.
  if (sum > 1 + 1e-9) throw new SettingError(`${name} must add up to at most 1, not ${Number(sum.toFixed(6))}`);
  return merged;
}
