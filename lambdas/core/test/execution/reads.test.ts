import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution } from '../../../../test/support/stack/goal.ts';
import type { Database } from '../../src/aws/database.ts';
import { readProgress } from '../../src/execution/progress.ts';
import { getGoal, getGoalWithAction, listActions } from '../../src/goal/rows.ts';
import { listSlots } from '../../src/goal/slots.ts';
import { listTasks } from '../../src/goal/tasks.ts';
import { watched } from '../support/watched.ts';

describe('reads that decide something', () => {
  const db = useDatabase();

  const reads: Record<string, (db: Database, executionArn: string, goalId: string) => Promise<unknown>> = {
    'a record': (db, executionArn) => executionsOf(db).get(executionArn),
    'the outcomes': (db, executionArn) => executionsOf(db).outcomes(executionArn),
    'an outcome': (db, executionArn) => executionsOf(db).outcome(executionArn, 0),
    'record and outcomes': (db, executionArn) => executionsOf(db).read(executionArn),
    'the progress': (db, executionArn) => readProgress(executionsOf(db), executionArn),
    'a goal': (db, _executionArn, goalId) => getGoal(db, goalId),
    'a goal and an action': (db, _executionArn, goalId) => getGoalWithAction(db, goalId, 0),
    'the actions': (db, _executionArn, goalId) => listActions(db, goalId),
    'the slots': (db) => listSlots(db, 'u'),
    'the tasks': (db, _executionArn, goalId) => listTasks(db, goalId),
  };
  for (const [name, read] of Object.entries(reads)) {
    it(`are consistent: ${name}`, async () => {
      const { db: asked, inputs } = watched(db);
      const { executionArn, goalId } = await givenExecution(db, { actionCount: 1 });
      await read(asked, executionArn, goalId);
      expect(inputs).to.have.length(1);
      expect(JSON.stringify(inputs)).to.contain('"ConsistentRead":true');
    });
  }
});

describe('getGoalWithAction', () => {
  const db = useDatabase();

  it('reads the goal and the action at the position, and nothing for what is not there', async () => {
    const { goalId } = await givenExecution(db, { actionCount: 12 });
    const [goal, actions] = [await getGoal(db, goalId), await listActions(db, goalId)];
    expect(await getGoalWithAction(db, goalId, 11)).to.deep.equal({
      goal: { ...goal, sk: 'GOAL' },
      action: { ...actions[11], sk: 'ACTION#11' },
    });
    expect((await getGoalWithAction(db, goalId, 1)).action?.title).to.equal('Action 2');
    expect((await getGoalWithAction(db, goalId, 12)).action).to.equal(undefined);
    expect(await getGoalWithAction(db, 'unknown', 0)).to.deep.equal({ goal: undefined, action: undefined });
  });

  it('is transient when DynamoDB has left out a key, as it may under load', async () => {
    const { goalId } = await givenExecution(db, { actionCount: 1 });
    const left = { [db.goals]: { Keys: [{ goalId, sk: 'GOAL' }] } };
    const { db: asked } = watched(db, (answer) => ({ ...answer, UnprocessedKeys: left }));
    expect((await failureOf(getGoalWithAction(asked, goalId, 0))).name).to.equal('TransientError');
    const other = watched(db, (answer) => ({ ...answer, UnprocessedKeys: undefined, Responses: undefined }));
    expect(await getGoalWithAction(other.db, goalId, 0)).to.deep.equal({ goal: undefined, action: undefined });
  });
});

describe('listActions', () => {
  const db = useDatabase();

  it('gives the actions in order of position, also beyond the tenth', async () => {
    const { goalId } = await givenExecution(db, { actionCount: 12 });
    const positions = (await listActions(db, goalId)).map(({ position }) => position);
    expect(positions).to.deep.equal(Array.from({ length: 12 }, (_, position) => position));
  });
});

describe('listTasks', () => {
  const db = useDatabase();

  it('reads more tasks than a page of 1 MB holds, all of them, in order', async () => {
    const { goalId, executionArn } = await givenExecution(db, { actionCount: 1 });
    const rows = Array.from({ length: 200 }, (_, index) => ({
      goalId,
      sk: `a#${String(index).padStart(3, '0')}`,
      taskId: `a#${String(index).padStart(3, '0')}`,
      actionId: 'a',
      executionArn,
      title: 'Run',
      description: '走'.repeat(2_000),
      type: 'habit',
      estimatedMinutes: 15,
      status: 'not_started',
    }));
    for (let start = 0; start < rows.length; start += 25) {
      const puts = rows.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
      await db.client.send(new BatchWriteCommand({ RequestItems: { [db.tasks]: puts } }));
    }
    const { db: asked, inputs } = watched(db);
    expect((await listTasks(asked, goalId)).map(({ taskId }) => taskId)).to.deep.equal(
      rows.map(({ taskId }) => taskId),
    );
    expect(inputs).to.have.length(2);
  });
});

describe('readExecution', () => {
  const db = useDatabase();

  it('gives the record and its outcomes in order, each what it is, and nothing for what is not there', async () => {
    const execution = await givenExecution(db, { actionCount: 3 });
    const { record, outcomes } = await executionsOf(db).read(execution.executionArn);
    expect(record).to.include({ executionArn: execution.executionArn, status: 'RUNNING' });
    expect(outcomes.map(({ position }) => position)).to.deep.equal([0, 1, 2]);
    const rows = await executionsOf(db).readRows(execution.executionArn);
    expect(rows.record).to.deep.equal({ ...record, sk: 'EXECUTION' });
    expect(rows.outcomes.map(({ sk }) => sk)).to.deep.equal([0, 1, 2].map((position) => `ACTION#0${position}`));
    expect(await executionsOf(db).read('unknown')).to.deep.equal({ record: undefined, outcomes: [] });
  });
});

describe('createDatabase', () => {
  const db = useDatabase();

  it('writes a row without the attributes that are undefined', async () => {
    const { executionArn, goalId } = await givenExecution(db, { actionCount: 1 });
    const row = { goalId, sk: 'a#0', taskId: 'a#0', actionId: 'a', executionArn, nothing: undefined };
    const task = { title: 'T', description: 'D', type: 'habit', estimatedMinutes: 1, status: 'not_started' };
    await db.client.send(new PutCommand({ TableName: db.tasks, Item: { ...row, ...task } }));
    expect((await listTasks(db, goalId))[0])
      .to.include({ taskId: 'a#0' })
      .and.not.have.property('nothing');
  });
});
