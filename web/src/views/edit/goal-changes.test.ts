import type { Action, Goal } from '@goal-activity/client/types.ts';
import { expect } from 'chai';
import { draftOf, setAction } from '../../mandala/draft.ts';
import { goalChanges, removalOf } from './goal-changes.ts';

const action = (actionId: string, position: number): Action => ({
  actionId,
  position,
  subGoal: null,
  title: `Do ${actionId}`,
  description: '',
  type: 'execution',
});
const goal: Goal = {
  goalId: 'g',
  title: 'Swim',
  description: '',
  deadline: null,
  status: 'active',
  version: 3,
  createdAt: '2026-01-01T00:00:00.000Z',
  executionArn: null,
  taskCount: 0,
  doneTaskCount: 0,
  actions: [action('a', 0), action('b', 1)],
};
const draft = draftOf(goal);
const sent = (actionId: string, title = `Do ${actionId}`) => ({ actionId, title, type: 'execution' });

describe('what is sent of a changed goal', () => {
  it('is what was changed alone', () => {
    expect(goalChanges(goal, goal, draft)).to.equal(undefined);
    expect(goalChanges(goal, goal, { ...draft, title: ' Dive ', deadline: '2027-01-01' })).to.deep.equal({
      version: 3,
      title: 'Dive',
      deadline: '2027-01-01',
    });
    const written = setAction(setAction(draft, 0, 0, { title: 'Float' }), 0, 2, { title: 'New' });
    expect(goalChanges(goal, goal, written)).to.deep.equal({
      version: 3,
      actions: [sent('a', 'Float'), sent('b'), { title: 'New', type: 'execution' }],
    });
  });

  it('keeps what was changed elsewhere meanwhile, and loses nothing that was written', () => {
    const newest = { ...goal, version: 5, title: 'Swim far', actions: [action('b', 0), action('c', 1)] };
    expect(goalChanges(goal, newest, { ...draft, description: 'Why' })).to.deep.equal({
      version: 5,
      description: 'Why',
    });
    const changes = goalChanges(goal, newest, setAction(draft, 0, 1, { title: 'Float' }));
    expect(changes).to.deep.equal({
      version: 5,
      actions: [
        { title: 'Do a', type: 'execution' },
        sent('b', 'Float'),
        { ...sent('c'), description: '', subGoal: null },
      ],
    });
  });

  it('takes out the actions that were cleared, with their tasks', () => {
    const changes = goalChanges(goal, goal, setAction(draft, 0, 0, { title: '' }));
    const tasks = ['a', 'a', 'b'].map((actionId) => ({ actionId }));
    expect(changes && removalOf(changes, goal, tasks)).to.deep.equal({ actionCount: 1, taskCount: 2 });
    expect(removalOf({ version: 3, title: 'Dive' }, goal, tasks)).to.deep.equal({ actionCount: 0, taskCount: 0 });
  });
});
