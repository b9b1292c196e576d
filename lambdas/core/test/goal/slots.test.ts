import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { useDatabase } from '../../../../test/support/stack/database.ts';
import { executionsOf } from '../../../../test/support/stack/executions.ts';
import { givenExecution, givenGoal } from '../../../../test/support/stack/goal.ts';
import { startWorkflow } from '../../../start-workflow/src/start-workflow.ts';
import { PermanentError } from '../../src/errors.ts';
import { settle } from '../../src/execution/settle.ts';
import { getGoal, listActions } from '../../src/goal/rows.ts';
import { freeSlots, listSlots, takeSlot } from '../../src/goal/slots.ts';
import { givenStart } from '../support/tools.ts';

describe('the running executions of a user', () => {
  const db = useDatabase();
  const executions = executionsOf(db);
  const goalsOf = (userId: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => givenGoal(db, 1, userId)));
  const code = (error: unknown) => Object(error).code;

  it('are never more than the limit, however many starts come at once', async () => {
    const userId = `user-${randomUUID()}`;
    const goals = await goalsOf(userId, 12);
    const { calls, tools } = givenStart(db, undefined, 5);
    const answers = await Promise.allSettled(goals.map(({ goalId }) => startWorkflow(goalId, userId, tools)));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [code(answer.reason)] : []));
    expect(new Set(refused)).to.deep.equal(new Set(['too_many_executions']));
    expect(refused).to.have.length(7);
    expect(calls).to.have.length(5);
    expect(await listSlots(db, userId)).to.have.length(5);
  });

  it('say when to come again to who asks for more, and change nothing of the goal', async () => {
    const userId = `user-${randomUUID()}`;
    const [first, second] = await goalsOf(userId, 2);
    if (first === undefined || second === undefined) throw new Error('two goals');
    const { tools } = givenStart(db, undefined, 1);
    await startWorkflow(first.goalId, userId, tools);
    expect(await failureOf(startWorkflow(second.goalId, userId, tools))).to.include({
      status: 429,
      code: 'too_many_executions',
      retryAfterSeconds: 30,
    });
    expect(await getGoal(db, second.goalId)).to.include({ status: 'draft', version: 1, attempt: 0 });
    expect((await startWorkflow(first.goalId, userId, tools)).isNew).to.equal(false);
  });

  it('make room when one has ended, and when a claim was taken back', async () => {
    const userId = `user-${randomUUID()}`;
    const [first, second, third] = await goalsOf(userId, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three goals');
    const { tools } = givenStart(db, undefined, 1);
    const { record } = await startWorkflow(first.goalId, userId, tools);
    await settle(executions, record.executionArn, { status: 'ABORTED', notify: 'machine' });
    const refusing = givenStart(db, async () => Promise.reject(new PermanentError('refused')), 1);
    expect((await failureOf(startWorkflow(second.goalId, userId, refusing.tools))).name).to.equal('PermanentError');
    expect((await startWorkflow(third.goalId, userId, tools)).isNew).to.equal(true);
    expect(await listSlots(db, userId)).to.have.length(1);
  });

  it('are those of one user alone', async () => {
    const { userId } = await givenExecution(db);
    const { goalId, userId: other } = await givenGoal(db, 1);
    expect((await startWorkflow(goalId, other, givenStart(db, undefined, 1).tools)).isNew).to.equal(true);
    expect(await freeSlots(db, userId, async () => true)).to.equal(false);
  });

  it('are none for a user who has started nothing, and none are freed then', async () => {
    const userId = `user-${randomUUID()}`;
    expect(await listSlots(db, userId)).to.deep.equal([]);
    expect(await freeSlots(db, userId, async () => false)).to.equal(false);
    expect(await listSlots(db, userId)).to.deep.equal([]);
  });

  it('stay in their slots while they run; those that have ended leave them', async () => {
    const userId = `user-${randomUUID()}`;
    const [runs, ended] = [
      await givenExecution(db, { actionCount: 1, userId }),
      await givenExecution(db, { actionCount: 1, userId }),
    ];
    const isRunning = async (executionArn: string) => executionArn === runs.executionArn;
    expect(await freeSlots(db, userId, isRunning)).to.equal(true);
    expect(await listSlots(db, userId)).to.deep.equal([runs.executionArn]);
    expect(ended.executionArn).not.to.equal(runs.executionArn);
  });

  it('are in a row that no reader of executions, of outcomes or of goals meets', async () => {
    const { record, userId } = await givenExecution(db, { actionCount: 1 });
    const { TableName, Key } = takeSlot(db, record, 5);
    const { Item } = await db.client.send(new GetCommand({ TableName, Key }));
    expect(Item).to.deep.equal({ ...Key, executions: new Set([record.executionArn]) });
    for (const key of [...Object.values(Key), `user#${userId}`]) {
      expect(await executions.read(key)).to.deep.equal({ record: undefined, outcomes: [] });
      expect(await getGoal(db, key)).to.equal(undefined);
      expect(await listActions(db, key)).to.deep.equal([]);
    }
  });
});
