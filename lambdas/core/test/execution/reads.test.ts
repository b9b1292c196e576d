import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import type { Database } from '../../src/aws/database.ts';
import { readProgress } from '../../src/execution/progress.ts';
import { getGoal, getGoalWithActions, listActions } from '../../src/goal/rows.ts';
import { listSlots } from '../../src/goal/slots.ts';
import { listTasks } from '../../src/goal/tasks.ts';
import { watched } from '../support/failing.ts';
import { useTables } from '../support/tables.ts';

describe('reads that decide something', () => {
  const { db, executions, givenExecution } = useTables();

  for (const [name, read] of Object.entries({
    'a record': (on, executionArn) => executionsOf(on).get(executionArn),
    'the outcomes': (on, executionArn) => executionsOf(on).outcomes(executionArn),
    'an outcome': (on, executionArn) => executionsOf(on).outcome(executionArn, 0),
    'record and outcomes': (on, executionArn) => executionsOf(on).read(executionArn),
    'the progress': (on, executionArn) => readProgress(executionsOf(on), executionArn),
    'a goal': (on, _executionArn, goalId) => getGoal(on, goalId),
    'a goal and its actions': (on, _executionArn, goalId) => getGoalWithActions(on, goalId),
    'the actions': (on, _executionArn, goalId) => listActions(on, goalId),
    'the slots': (on) => listSlots(on, 'u'),
    'the tasks': (on, _executionArn, goalId) => listTasks(on, goalId),
  } satisfies Record<string, (on: Database, executionArn: string, goalId: string) => Promise<unknown>>)) {
    it(`are consistent: ${name}`, async () => {
      const { db: asked, inputs } = watched(db);
      const { executionArn, goalId } = await givenExecution({ actionCount: 1 });
      await read(asked, executionArn, goalId);
      expect(inputs).to.have.length(1);
      expect(JSON.stringify(inputs)).to.contain('"ConsistentRead":true');
    });
  }

  it('give a goal and its actions in order, also beyond the tenth, and nothing for what is not there', async () => {
    const { goalId } = await givenExecution({ actionCount: 12 });
    const { goal, actions } = await getGoalWithActions(db, goalId);
    expect(goal).to.deep.equal(await getGoal(db, goalId));
    expect(actions).to.deep.equal(await listActions(db, goalId));
    expect(actions.map(({ position }) => position)).to.deep.equal([...Array(12).keys()]);
    expect(await getGoalWithActions(db, 'unknown')).to.deep.equal({ goal: undefined, actions: [] });
  });

  it('give more tasks than a page of 1 MB holds, all of them, in order', async () => {
    const { goalId, executionArn } = await givenExecution({ actionCount: 1 });
    const task = { title: 'Run', description: '走'.repeat(2_000), type: 'habit', estimatedMinutes: 15 };
    const rows = Array.from({ length: 200 }, (_, index) => {
      const taskId = `a#${String(index).padStart(3, '0')}`;
      return { goalId, sk: taskId, taskId, actionId: 'a', executionArn, ...task, status: 'not_started' };
    });
    for (let start = 0; start < rows.length; start += 25) {
      const puts = rows.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
      await db.client.send(new BatchWriteCommand({ RequestItems: { [db.tasks]: puts } }));
    }
    const { db: asked, inputs } = watched(db);
    expect(await listTasks(asked, goalId)).to.deep.equal(rows);
    expect(inputs).to.have.length(2);
  });

  it('give the record of an execution and its outcomes in order, each what it is, and nothing for what is not there', async () => {
    const { executionArn } = await givenExecution({ actionCount: 3 });
    const { record, outcomes } = await executions.read(executionArn);
    expect(record).to.include({ executionArn, status: 'RUNNING' });
    expect(outcomes.map(({ position }) => position)).to.deep.equal([0, 1, 2]);
    const rows = await executions.readRows(executionArn);
    expect(rows.record).to.deep.equal({ ...record, sk: 'EXECUTION' });
    expect(rows.outcomes.map(({ sk }) => sk)).to.deep.equal(['ACTION#00', 'ACTION#01', 'ACTION#02']);
    expect(await executions.read('unknown')).to.deep.equal({ record: undefined, outcomes: [] });
  });
});
