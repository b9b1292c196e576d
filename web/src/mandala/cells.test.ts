import { expect } from 'chai';
import {
  BLOCK_ORDER,
  CHART_ROWS,
  cellOfField,
  contentOf,
  FIRST_SUB_GOAL,
  fieldIdOfCell,
  firstDifference,
  firstToWrite,
  GOAL,
  lineEnds,
  move,
  nextToWrite,
} from './cells.ts';
import { emptyDraft, setEntry } from './draft.ts';

/** The fields that a key leads through, from a cell on. */
function walk(from: number, step: 1 | -1): string[] {
  const next = nextToWrite(from, step);
  return [fieldIdOfCell(from), ...(next === undefined ? [] : walk(next, step))];
}

describe('the cells', () => {
  it('are written from the goal to its sub-goals, and then block by block, each action once', () => {
    const order = walk(GOAL, 1);
    expect(order.slice(0, 12)).to.deep.equal([
      'goal-cell',
      ...Array.from({ length: 8 }, (_, block) => `sub-goal-${block}-around`),
      'action-0-0',
      'action-0-1',
      'action-0-2',
    ]);
    expect(order).to.have.length(1 + 8 + 64);
    const last = cellOfField('action-7-7') ?? GOAL;
    expect(walk(last, -1)).to.deep.equal(order.toReversed());
    expect(BLOCK_ORDER.map((block) => fieldIdOfCell(firstToWrite(block))).slice(0, 2)).to.deep.equal([
      'sub-goal-0-around',
      'action-0-0',
    ]);
  });

  it('have each an id of their own, and a sub-goal is in two of them', () => {
    const cells = CHART_ROWS.flat();
    expect(new Set(cells.map(fieldIdOfCell)).size).to.equal(81);
    for (const cell of cells) expect(cellOfField(fieldIdOfCell(cell))).to.equal(cell);
    expect(cells.filter((cell) => contentOf(cell) === 'sub-goal-3')).to.have.length(2);
    expect(nextToWrite(cellOfField('sub-goal-1') ?? GOAL, 1)).to.equal(cellOfField('action-1-0'));
    expect(nextToWrite(cellOfField('sub-goal-1') ?? GOAL, -1)).to.equal(cellOfField('action-0-7'));
  });

  it('are gone through by row and column, and the edge is the end', () => {
    expect([move(GOAL, -1, 0), move(0, -1, -1), move(80, 1, 1)]).to.deep.equal([GOAL - 9, 0, 80]);
    expect(lineEnds(FIRST_SUB_GOAL, false, false)).to.deep.equal({ Home: 27, End: 35 });
    expect(lineEnds(FIRST_SUB_GOAL, false, true)).to.deep.equal({ Home: 0, End: 80 });
    expect(lineEnds(FIRST_SUB_GOAL, true, false)).to.deep.equal({ Home: 30, End: 32 });
    expect(lineEnds(FIRST_SUB_GOAL, true, true)).to.deep.equal({ Home: 30, End: 50 });
  });

  it('say in which two drafts differ', () => {
    const changed = (place: Parameters<typeof setEntry>[1], changes: object) =>
      firstDifference(emptyDraft, setEntry(emptyDraft, place, changes));
    expect(changed('sub-goal-2', { title: 'x' })).to.equal(cellOfField('sub-goal-2-around'));
    expect(changed('action-2-3', { type: 'habit' })).to.equal(cellOfField('action-2-3'));
    expect(changed('title', { title: 'x' })).to.equal(GOAL);
    expect(changed('title', { type: 'habit' })).to.equal(undefined);
  });
});
