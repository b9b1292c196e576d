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

/** `make soak` sets it: each property gets this many times its cases. */
const TIMES = readNumber('PROPERTY_TIMES') ?? 1;

/** A property, shrinking included, ends by then, so that it ends with a message and not with mocha's timeout. */
const LIMIT_MS = 240_000;

/**
 * Checks a property and prints the seed. A failure is shrunk, and its message holds the seed, the path to the shrunk
 * case and the case itself; PROPERTY_PATH=<path> with SEED repeats that case alone.
 * @param cases at least; 100 for each property of issue 5
 * @param examples cases that are always among them, and come first
 */
export async function check<Case extends [unknown, ...unknown[]]>(
  property: IAsyncProperty<Case> | IProperty<Case>,
  cases = 100,
  examples: Case[] = [],
): Promise<void> {
  const path = process.env.PROPERTY_PATH;
  const numRuns = cases * TIMES;
  console.log(`      seed ${SEED}, ${numRuns} cases`);
  await fc.assert(property as IAsyncProperty<Case>, {
    numRuns,
    seed: SEED,
    examples,
    interruptAfterTimeLimit: LIMIT_MS * TIMES,
    markInterruptAsFailure: true,
    ...(path === undefined ? {} : { path }),
  });
}
