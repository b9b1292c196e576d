import fc from 'fast-check';
import { anyCodePoint } from '../../../../test/support/code-point.ts';
import { SEED } from '../../../../test/support/seed.ts';

/** A cursor with one character changed, taken out or added. */
const mutated = (cursor: string): fc.Arbitrary<string> =>
  fc
    .record({
      at: fc.nat(cursor.length - 1),
      cut: fc.nat(1),
      added: fc.oneof(
        fc.constantFrom('', '.', '=', '+', '/', ' ', 'A'),
        fc.string({ unit: anyCodePoint, maxLength: 2 }),
      ),
    })
    .map(({ at, cut, added }) => cursor.slice(0, at) + added + cursor.slice(at + cut));

/** Cursors that are none: a good one that was touched, and whatever else there may be; drawn from the tests' seed. */
export function wrongCursors(cursor: string, count = 60): string[] {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 }).map((each) => Buffer.from(each).toString('base64url'));
  const json = fc.jsonValue({ maxDepth: 1 }).map((each) => Buffer.from(JSON.stringify(each)).toString('base64url'));
  const any = fc.string({ unit: anyCodePoint, minLength: 1, maxLength: 200 });
  const arbitrary = fc.oneof(mutated(cursor), mutated(cursor), bytes, json, any);
  return fc.sample(
    arbitrary.filter((each) => each !== cursor && each !== ''),
    { numRuns: count, seed: SEED },
  );
}
