import fc, { type IAsyncProperty, type IProperty } from 'fast-check';

/** Of every random test of this run: `SEED=<number> make test` runs the same cases again. */
export const SEED = readNumber('SEED') ?? Math.floor(Math.random() * 0x7fffffff);

function readNumber(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value)) throw new Error(`${name} is ${text}; it must be a whole number`);
  return value;
}

/**
 * For tests that call fast-check by themselves; `.mocharc.json` loads this file before any test. mocha does not pass the
 * cause of an error from one process to another, so the message has it.
 */
fc.configureGlobal({ seed: SEED, includeErrorInReport: true });

/** `make soak` sets it: each property gets this many times its cases. */
export const TIMES = readNumber('PROPERTY_TIMES') ?? 1;

/** Each property gets so many: `make test` draws enough to find every fault that 100 cases have ever found. */
export const CASES = TIMES === 1 ? 32 : 100;

/** Whole, although a property whose cases come in groups divides: fast-check would never reach 7.5 runs, and go on for ever. */
const runsOf = (cases: number) => Math.ceil(cases * TIMES);

/** For mocha: how long the tests of a file that checks properties may take. */
export const PROPERTY_LIMIT_MS = 600_000 * TIMES;

/** After a failure, smaller cases are tried for this long. */
const SHRINKING_MS = 45_000;

/** From then on every case counts as passed, which ends the search for a smaller one that fails. */
function limitShrinking<Case>(property: IAsyncProperty<Case>): void {
  const run = property.run.bind(property);
  let endsAt = Number.POSITIVE_INFINITY;
  property.run = async (value) => {
    if (performance.now() > endsAt) return null;
    const failure = await run(value);
    if (failure !== null) endsAt = Math.min(endsAt, performance.now() + SHRINKING_MS);
    return failure;
  };
}

/**
 * Checks a property and prints the seed. A failure is shrunk, and its message holds the seed, the path to the shrunk
 * case and the case itself; PROPERTY_PATH=<path> with SEED repeats that case alone.
 * @param examples cases that are always among them, and come first
 */
export async function check<Case extends [unknown, ...unknown[]]>(
  property: IAsyncProperty<Case> | IProperty<Case>,
  cases = CASES,
  examples: Case[] = [],
): Promise<void> {
  const path = process.env.PROPERTY_PATH;
  const numRuns = runsOf(cases);
  console.log(`      seed ${SEED}, ${numRuns} cases`);
  if (property.isAsync()) limitShrinking(property as IAsyncProperty<Case>);
  await fc.assert(property as IAsyncProperty<Case>, {
    numRuns,
    seed: SEED,
    examples,
    ...(path === undefined ? {} : { path }),
  });
}

/**
 * As `check`, for cases that mostly wait: up to `atATime` of the drawn cases run at the same time. A failure is shrunk
 * one case at a time all the same.
 * @param examples cases that are always among them, and come first
 */
export async function checkTogether<Case>(
  arbitrary: fc.Arbitrary<Case>,
  run: (one: Case) => Promise<void>,
  atATime: number,
  cases = CASES,
  examples: readonly Case[] = [],
): Promise<void> {
  const sampled = { seed: SEED, numRuns: runsOf(cases), examples: [...examples] };
  const upcoming = process.env.PROPERTY_PATH === undefined ? fc.sample(arbitrary, sampled) : [];
  /** By what a case looks like; the same case may have been drawn more than once. */
  const running = new Map<string, Promise<void>[]>();
  const drawn = upcoming.values();
  function startNext(): void {
    const next = drawn.next();
    if (next.done) return;
    const ending = run(next.value);
    // Whoever asks for it hears of it, and after a failure nobody may.
    ending.catch(() => {});
    running.set(fc.stringify(next.value), [...(running.get(fc.stringify(next.value)) ?? []), ending]);
  }
  for (let lane = 0; lane < atATime; lane += 1) startNext();
  const property = fc.asyncProperty(arbitrary, async (one) => {
    const ending = running.get(fc.stringify(one))?.shift();
    try {
      await (ending ?? run(one));
      startNext();
    } catch (failure) {
      // What runs beside it must not disturb the search for a smaller case.
      await Promise.allSettled([...running.values()].flat());
      throw failure;
    }
  });
  await check(
    property,
    cases,
    examples.map((one): [Case] => [one]),
  );
}
