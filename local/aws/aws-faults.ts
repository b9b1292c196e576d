import { parseSetting, SettingError } from '../settings.ts';
import { uniform } from './bedrock/random.ts';

/**
 * What AWS does and an imitation likes to leave out: every fault that AWS_FAULTS can turn on, with the value that `on`
 * stands for. `local/features.md` tells what each one does. Names that end in `Ms` are durations, in real time
 * whatever TIME_SCALE is; all others are shares, from 0 to 1.
 */
const FAULTS = {
  /** Times of the engine that fall on a whole second, and are printed without a fraction (AWS: 1 in 1,000). */
  wholeSeconds: 0.25,
  /** How long a transaction keeps its items, up to: what writes one of them meanwhile is refused with a TransactionConflict. */
  databaseHoldMs: 3,
  /** Requests that DynamoDB throttles, half of them as a reason of a cancelled transaction where there is one. */
  databaseThrottle: 0.004,
  /** Requests that DynamoDB answers with InternalServerError, half of them after it carried them out. */
  databaseError: 0.002,
  /** How far an index is behind its table, up to. */
  indexLagMs: 1000,
  /** Lambda refuses what is above a function's reserved concurrency, unless it is 0. */
  lambdaConcurrency: 1,
  /** AI calls whose connection is reset before the answer, and in the middle of it. */
  aiReset: 0.01,
  aiCut: 0.01,
  /** AI calls that are answered with nothing. */
  aiEmpty: 0.01,
  /** AI calls whose first byte comes later by up to AI_SLOW_MS. */
  aiSlow: 0.02,
  /** AI calls that are refused with 429 and 503, half of them with `Retry-After`. */
  aiThrottle: 0.01,
  aiUnavailable: 0.01,
  /** Requests with which an outage of Step Functions, or of SNS, begins: it throttles, fails or does not answer for `outageMs`. */
  statesOutage: 0.01,
  snsOutage: 0.05,
  outageMs: 300,
  /** Status events that are lost, come twice, and come late, by up to `eventLateMs` and so out of order. */
  eventLost: 0.1,
  eventDoubled: 0.1,
  eventLate: 0.2,
  eventLateMs: 500,
} as const;

export type FaultName = keyof typeof FAULTS;

/** How late the first byte of a slow AI call is at most. */
export const AI_SLOW_MS = 500;

/** The settings of AWS_FAULTS: every fault with its value, 0 where it is off. */
export interface AwsFaults extends Readonly<Record<FaultName, number>> {
  /** Whatever is drawn follows from it and from the order of calls. */
  readonly seed: string;
}

const NAMES = Object.keys(FAULTS).filter((name): name is FaultName => name in FAULTS);
const valuesOf = (value: (name: FaultName) => number) =>
  Object.fromEntries(NAMES.map((name) => [name, value(name)])) as Record<FaultName, number>;

export const NO_FAULTS: AwsFaults = { ...valuesOf(() => 0), seed: '1' };
export const ALL_FAULTS: AwsFaults = { ...valuesOf((name) => FAULTS[name]), seed: '1' };

/** What a fault's value may be. */
const checkOf = (name: FaultName): readonly [meaning: string, isRight: (value: number) => boolean] =>
  name.endsWith('Ms')
    ? ['whole milliseconds from 0 to 60000', (value) => Number.isInteger(value) && value >= 0 && value <= 60_000]
    : ['a share from 0 to 1', (value) => value >= 0 && value <= 1];

/**
 * Reads AWS_FAULTS: `on` for all faults, a JSON object of those that are wanted with their values, and their `seed`;
 * nothing or empty for none. `"all": true` in the object starts from `on`.
 * @throws SettingError naming what is wrong
 */
export function readAwsFaults(text: string | undefined): AwsFaults {
  if (!text) return NO_FAULTS;
  if (text === 'on') return ALL_FAULTS;
  const { seed = '1', all = false, ...values } = parseSetting('AWS_FAULTS', text, '{"databaseThrottle":0.01}, or `on`');
  const refuse = (what: string) => new SettingError(`AWS_FAULTS has ${what}`);
  if (typeof all !== 'boolean') throw refuse('`all`, which must be true or false');
  if (typeof seed !== 'string' && typeof seed !== 'number') throw refuse('a `seed` that is no text');
  const faults: Record<FaultName, number> = { ...(all ? ALL_FAULTS : NO_FAULTS) };
  for (const [name, value] of Object.entries(values)) {
    const known = NAMES.find((each) => each === name);
    if (known === undefined) throw refuse(`${name}, which is no fault. Known: ${NAMES.join(', ')}`);
    const [meaning, isRight] = checkOf(known);
    if (typeof value !== 'number' || !isRight(value))
      throw refuse(`${name} ${JSON.stringify(value)}; it must be ${meaning}`);
    faults[known] = value;
  }
  return { ...faults, seed: String(seed) };
}

/** Draws numbers in [0, 1) that follow from the seed, from what they are for, and from how often that was drawn before. */
export function createDraw(seed: string): (what: string) => number {
  const drawn = new Map<string, number>();
  return (what) => {
    const times = (drawn.get(what) ?? 0) + 1;
    drawn.set(what, times);
    return uniform(seed, what, times);
  };
}
