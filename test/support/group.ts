import fc from 'fast-check';

/**
 * Cases that run at the same time, since most of their time is waiting: exactly `size` of them when they are drawn,
 * and 1 or more when a failure is shrunk.
 */
export function groupOf<Case>(each: fc.Arbitrary<Case>, size: number): fc.Arbitrary<Case[]> {
  const whole = fc.array(each, { minLength: size, maxLength: size });
  const part = fc.array(each, { minLength: 1, maxLength: size });
  class Group extends fc.Arbitrary<Case[]> {
    override generate(...given: Parameters<typeof whole.generate>) {
      return whole.generate(...given);
    }
    override canShrinkWithoutContext(value: unknown): value is Case[] {
      return part.canShrinkWithoutContext(value);
    }
    override shrink(...given: Parameters<typeof part.shrink>) {
      return part.shrink(...given);
    }
  }
  return new Group();
}
