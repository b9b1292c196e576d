import { expect } from 'chai';
import fc from 'fast-check';
import { begin, change, redo, restore, settle, type Undoable, undo } from './undo.ts';

/** Types letter by letter into one field. */
const type = (steps: Undoable<string>, text: string, field: string) =>
  Array.from(text).reduce((typed, letter) => change(typed, typed.present + letter, field), steps);

describe('undo', () => {
  it('takes back what was typed into a field as one step, until it is settled', () => {
    const typed = type(settle(type(begin(''), 'ab', 'one')), 'cd', 'one');
    expect([typed, undo(typed), undo(undo(typed))].map(({ present }) => present)).to.deep.equal(['abcd', 'ab', '']);
    expect(undo(type(type(begin(''), 'ab', 'one'), 'cd', 'two')).present).to.equal('ab');
  });

  it('restores the text before it was typed in, and that is no step', () => {
    const before = change(begin('a'), 'b');
    expect(restore(type(settle(before), 'cd', 'one'))).to.deep.equal(settle(before));
    expect(restore(settle(before))).to.equal(settle(before));
  });

  it('is taken back by redo, until something else is changed', () => {
    const steps = undo(change(begin('a'), 'b'));
    expect(redo(steps).present).to.equal('b');
    expect(redo(change(steps, 'c')).present).to.equal('c');
    expect([undo(begin('a')).present, redo(begin('a')).present]).to.deep.equal(['a', 'a']);
  });

  it('leads, for any changes, to the first state and back to the last', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.constantFrom('one', 'two', undefined)), { maxLength: 50 }),
        (changes) => {
          const steps = changes.reduce((before, [text, typing]) => change(before, text, typing), begin('first'));
          const all = (step: typeof undo, from: Undoable<string>): Undoable<string> =>
            Array.from({ length: changes.length }).reduce((at: Undoable<string>) => step(at), from);
          expect(all(undo, steps).present).to.equal('first');
          expect(all(redo, all(undo, steps)).present).to.equal(steps.present);
        },
      ),
    );
  });

  it('keeps 200 steps', () => {
    const steps = Array.from({ length: 300 }, (_, index) => index).reduce((at, value) => change(at, value), begin(-1));
    expect([steps.past.length, steps.past[0]]).to.deep.equal([200, 99]);
  });
});
