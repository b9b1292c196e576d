import { expect } from 'chai';
import { cellOfField, fieldIdOfCell, GOAL } from '../../mandala/cells.ts';
import { commandOf, type Mode } from './grid-keys.ts';

const none = { code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

/** What a key, such as `Control+z`, means in the second action of the first block; a cell by the id of its field. */
function meaning(mode: Mode, keys: string): string | undefined {
  const [key = '', ...held] = keys.split('+').reverse();
  const isHeld = (name: string) => held.includes(name);
  const event = {
    ...none,
    key,
    code: `Key${key.toUpperCase()}`,
    shiftKey: isHeld('Shift'),
    ctrlKey: isHeld('Control'),
    metaKey: isHeld('Meta'),
    altKey: isHeld('Alt'),
  };
  const command = commandOf(event, { mode, active: cellOfField('action-0-1') ?? GOAL, isNarrow: false });
  return typeof command === 'number' ? fieldIdOfCell(command) : command;
}

const MEANINGS: Readonly<Record<string, Readonly<Record<Mode, string | undefined>>>> = {
  ArrowRight: { choose: 'action-0-2', type: 'action-0-2', edit: undefined },
  ArrowDown: { choose: 'sub-goal-0', type: 'sub-goal-0', edit: undefined },
  Enter: { choose: 'edit', type: 'action-0-2', edit: 'action-0-2' },
  'Shift+Enter': { choose: 'action-0-0', type: 'action-0-0', edit: 'action-0-0' },
  F2: { choose: 'edit', type: 'edit', edit: 'edit' },
  'Shift+F2': { choose: 'describe', type: 'describe', edit: 'describe' },
  'Alt+h': { choose: 'toggleType', type: 'toggleType', edit: 'toggleType' },
  Escape: { choose: 'leave', type: 'restore', edit: 'restore' },
  Home: { choose: 'action-0-0', type: undefined, edit: undefined },
  'Control+End': { choose: 'action-7-7', type: undefined, edit: undefined },
  Backspace: { choose: 'clear', type: undefined, edit: undefined },
  'Control+z': { choose: 'undo', type: undefined, edit: undefined },
  'Meta+Shift+z': { choose: 'redo', type: undefined, edit: undefined },
  'Control+y': { choose: 'redo', type: undefined, edit: undefined },
  'Control+c': { choose: undefined, type: undefined, edit: undefined },
  'Alt+ArrowLeft': { choose: undefined, type: undefined, edit: undefined },
  a: { choose: undefined, type: undefined, edit: undefined },
};

describe('a key in the chart', () => {
  for (const [keys, meanings] of Object.entries(MEANINGS)) {
    it(`${keys} means ${Object.values(meanings).map(String).join(', ')} while a cell is chosen, typed over, edited`, () => {
      for (const mode of ['choose', 'type', 'edit'] as const) expect(meaning(mode, keys)).to.equal(meanings[mode]);
    });
  }
});
