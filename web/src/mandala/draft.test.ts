import { expect } from 'chai';
import fc from 'fast-check';
import {
  countActions,
  type Draft,
  draftOf,
  emptyDraft,
  fill,
  newGoalOf,
  placeOfPointer,
  setAction,
  setBlock,
} from './draft.ts';
import { blocksOf } from './layout.ts';
import { parseDraft } from './stored-draft.ts';
import { validate } from './validate.ts';

const written = setAction(
  setAction(setBlock({ ...emptyDraft, title: ' Run ' }, 2, { title: 'Base' }), 2, 5, { title: ' Jog ', type: 'habit' }),
  4,
  0,
  { title: 'Rest' },
);

const flawsOf = (draft: Draft) => validate(draft).map(({ place, flaw }) => `${place} ${flaw}`);

describe('a draft', () => {
  it('becomes the request without its empty cells', () => {
    expect(newGoalOf(written)).to.deep.equal({
      title: 'Run',
      description: '',
      deadline: null,
      actions: [
        { title: 'Jog', type: 'habit', subGoal: 'Base' },
        { title: 'Rest', type: 'execution' },
      ],
    });
    expect(countActions(written)).to.equal(2);
    expect(flawsOf(written)).to.deep.equal([]);
  });

  it('needs a title and an action', () => {
    expect(flawsOf(emptyDraft)).to.deep.equal(['title missing', 'chart noActions']);
  });

  it('takes 200 characters in a title and 2000 in the description, counted as the API does, and no more', () => {
    const long = (title: number, text: number) =>
      flawsOf({ ...written, title: '🎌'.repeat(title), description: 'あ'.repeat(text) });
    expect(long(200, 2000)).to.deep.equal([]);
    expect(long(201, 2001)).to.deep.equal(['title tooLong', 'description tooLong']);
  });

  it('refuses control characters, direction overrides, days that do not exist, and a sub-goal without actions', () => {
    const flawed = { ...written, title: 'a\u202eb', description: 'a\u0000', deadline: '2027-02-30' };
    const draft = setBlock(setAction(flawed, 4, 0, { title: 'a\u0007' }), 6, { title: 'Lonely' });
    expect(flawsOf(draft)).to.deep.equal([
      'title characters',
      'description characters',
      'deadline date',
      'action-4-0 characters',
      'sub-goal-6 subGoalWithoutActions',
    ]);
  });

  it('refuses a title of invisible characters, line separators, and what stands for bytes that could not be read', () => {
    for (const title of ['\u200b', '\u3164', '\u2800', 'a\u2028b', 'a\ufffdb']) {
      expect(flawsOf({ ...written, title }), JSON.stringify(title)).to.deep.equal(['title characters']);
    }
    expect(flawsOf({ ...written, description: 'a\ufffd' })).to.deep.equal(['description characters']);
    expect(flawsOf({ ...written, title: '👩‍👩‍👧', description: 'a\u2028' })).to.deep.equal([]);
  });

  it('finds the cell that the API means', () => {
    const pointers = ['/actions/1/title', '/actions/0/subGoal', '/deadline', '/actions/9/title'];
    const places = pointers.map((pointer) => placeOfPointer(written, pointer));
    expect(places).to.deep.equal(['action-4-0', 'sub-goal-2', 'deadline', 'chart']);
  });

  it('comes back from storage as it was, also one that an older page stored without descriptions, and empty from anything else', () => {
    expect(parseDraft(JSON.stringify(written))).to.deep.equal(written);
    const older = JSON.stringify(written, (key, value) => (key === 'description' && value === '' ? undefined : value));
    expect(parseDraft(`{"description":"",${older.slice(1)}`)).to.deep.equal(written);
    const tooLong = JSON.stringify({ ...written, blocks: [...written.blocks, written.blocks[0]] });
    for (const stored of [null, '', '{', '[]', '{"blocks":[null,{"actions":[1]}]}', tooLong]) {
      expect(parseDraft(stored)).to.deep.equal(emptyDraft);
    }
  });

  it('of a goal that exists keeps every action with its id, text, type and sub-goal', () => {
    const action = fc.record({
      title: fc.constantFrom('Run', 'Swim'),
      description: fc.constantFrom('', 'In the park'),
      type: fc.constantFrom('execution' as const, 'habit' as const),
      subGoal: fc.option(fc.integer({ max: 20 }).map((number) => `s${number}`)),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 64 }), (written) => {
        const actions = written.map((each, position) => ({ ...each, actionId: `a${position}`, position }));
        const goal = { title: 'Goal', description: 'Why', deadline: '2027-01-31', actions };
        const { actions: sent, ...rest } = newGoalOf(draftOf(goal));
        expect(rest).to.deep.equal({ title: 'Goal', description: 'Why', deadline: '2027-01-31' });
        const expected = actions.map(({ position, subGoal, description, ...each }) => ({
          ...each,
          ...(description === '' ? {} : { description }),
          ...(subGoal === null ? {} : { subGoal }),
        }));
        expect(sent).to.have.deep.members(expected);
      }),
    );
  });

  it('keeps its own title when a chart without a goal is filled in', () => {
    expect(fill(written, { blocks: [] }).title).to.equal(' Run ');
    expect(fill(written, { goal: 'Swim', blocks: [] }).title).to.equal('Swim');
  });
});

describe('blocksOf', () => {
  const actions = (count: number, subGoalOf: (index: number) => string | null) =>
    Array.from({ length: count }, (_, position) => ({ position, subGoal: subGoalOf(position) }));

  it('sets 64 actions of 8 sub-goals into 8 blocks, by position', () => {
    const blocks = blocksOf(actions(64, (index) => `s${index % 8}`).reverse());
    expect(blocks.map(({ title }) => title)).to.deep.equal(['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7']);
    expect(blocks[1]?.items.map(({ position }) => position)).to.deep.equal([1, 9, 17, 25, 33, 41, 49, 57]);
  });

  it('goes on in another block when a sub-goal has more than 8 actions', () => {
    const blocks = blocksOf(actions(10, () => 'one'));
    expect(blocks.map(({ title, items }) => `${items.length} of ${title}`)).to.deep.equal(['8 of one', '2 of one']);
  });

  it('gives up the sub-goals when they would take more than 8 blocks', () => {
    const blocks = blocksOf(actions(64, (index) => `s${index}`));
    expect(blocks.map(({ title, items }) => [title, items.length])).to.deep.equal(Array(8).fill([null, 8]));
  });
});
