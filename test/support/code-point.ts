import fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 };

function indexOf(text: unknown): number {
  const point = typeof text === 'string' ? text.codePointAt(0) : undefined;
  if (point === undefined || text !== String.fromCodePoint(point)) throw new Error('not one code point');
  if (point < SURROGATES.first) return point;
  if (point < SURROGATES.first + SURROGATES.count) throw new Error('half a code point');
  return point - SURROGATES.count;
}

/**
 * Any character, for `fc.string({ unit: anyCodePoint })`: the same as fast-check's own unit `binary`, which makes a table of
 * all 1.1 million first. That costs each process more than a second.
 */
export const anyCodePoint = fc
  .nat(0x10ffff - SURROGATES.count)
  .map((index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count), indexOf);
