import { expect } from 'chai';
import fc from 'fast-check';
import { createBatches } from '../src/create-batches.ts';

describe('createBatches', () => {
  it('keeps every action once and in order, in batches of at most 8 of which only the last is smaller', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (count) => {
        const actions = Array.from({ length: count }, (_, index) => index);
        const batches = createBatches(actions);
        expect(batches.flat()).to.deep.equal(actions);
        expect(batches.slice(0, -1).every((batch) => batch.length === 8)).to.equal(true);
        expect(batches.at(-1)?.length).to.be.within(1, 8);
      }),
    );
  });
});
