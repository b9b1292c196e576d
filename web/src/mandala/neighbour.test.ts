import { expect } from 'chai';
import { neighbourOf } from './neighbour.ts';

/** Boxes of 10 × 10 in a grid; a third number is the columns that one spans. */
const grid = (places: readonly (readonly number[])[]) =>
  places.map(([row = 0, column = 0, columns = 1]) => ({
    left: column * 12,
    top: row * 12,
    width: columns * 12 - 2,
    height: 10,
  }));

/** Index of what each arrow leads to from the first of the boxes. */
function aroundFirst(...places: (readonly number[])[]) {
  const [from, ...others] = grid(places);
  if (from === undefined) throw new Error('There is no first box');
  return ['ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowLeft'].map((key) => neighbourOf(key, from, others));
}

describe('neighbourOf', () => {
  it('goes to the nearest box in line, passes over gaps, and stays at the edge', () => {
    expect(aroundFirst([4, 4], [3, 4], [4, 8], [4, 7], [6, 4], [5, 5])).to.deep.equal([0, 2, 3, undefined]);
  });

  it('prefers a box in line to a nearer one aside, and takes that one where none is in line', () => {
    expect(aroundFirst([0, 0], [0, 5], [1, 2], [3, 1])).to.deep.equal([undefined, 0, 1, undefined]);
  });

  it('finds a wide box above and below from each of its columns', () => {
    expect(aroundFirst([1, 2], [0, 0, 3], [2, 0, 3])).to.deep.equal([0, undefined, 1, undefined]);
  });

  it('knows which keys are not its own', () => {
    expect(neighbourOf('Enter', { left: 0, top: 0, width: 1, height: 1 }, [])).to.equal(-1);
  });
});
