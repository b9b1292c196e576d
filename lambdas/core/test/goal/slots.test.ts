import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { failureOf } from '../../../../test/support/failure.ts';
import { startWorkflow } from '../../../start-workflow/src/start-workflow.ts';
import { PermanentError } from '../../src/errors.ts';
import { settle } from '../../src/execution/settle.ts';
import { freeSlots, listSlots } from '../../src/goal/slots.ts';
import { useTables } from '../support/tables.ts';
import { givenStart } from '../support/tools.ts';

describe('the running executions of a user', () => {
  const { db, executions, goalOf, givenGoal, givenExecution } = useTables();
  /** A user, and so many goals of theirs. */
  async function givenGoals(count: number) {
    const userId = `user-${randomUUID()}`;
    const goals = await Promise.all(Array.from({ length: count }, () => givenGoal(1, userId)));
    return { userId, goalIds: goals.map(({ goalId }) => goalId) };
  }

  it('are never more than the limit, however many starts come at once', async () => {
    const { userId, goalIds } = await givenGoals(12);
    const { calls, tools } = givenStart(db, undefined, 5);
    const answers = await Promise.allSettled(goalIds.map((goalId) => startWorkflow(goalId, userId, tools)));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [Object(answer.reason).code] : []));
    expect(refused).to.deep.equal(Array(7).fill('too_many_executions'));
    expect(calls).to.have.length(5);
    expect(await listSlots(db, userId)).to.have.length(5);
  });

  it('say when to come again to who asks for more, and change nothing of the goal', async () => {
    const { userId, goalIds } = await givenGoals(2);
    const [first = '', second = ''] = goalIds;
    const { tools } = givenStart(db, undefined, 1);
    await startWorkflow(first, userId, tools);
    const refusal = { status: 429, code: 'too_many_executions', retryAfterSeconds: 30 };
    expect(await failureOf(startWorkflow(second, userId, tools))).to.include(refusal);
    expect(await goalOf(second)).to.include({ status: 'draft', version: 1, attempt: 0 });
    expect((await startWorkflow(first, userId, tools)).isNew).to.equal(false);
  });

  it('make room when one has ended, and when a claim was taken back', async () => {
    const { userId, goalIds } = await givenGoals(3);
    const [first = '', second = '', third = ''] = goalIds;
    const { tools } = givenStart(db, undefined, 1);
    const { record } = await startWorkflow(first, userId, tools);
    await settle(executions, record.executionArn, { status: 'ABORTED', notify: 'machine' });
    const refusing = givenStart(db, async () => Promise.reject(new PermanentError('refused')), 1);
    expect((await failureOf(startWorkflow(second, userId, refusing.tools))).name).to.equal('PermanentError');
    const { isNew, record: last } = await startWorkflow(third, userId, tools);
    expect(isNew).to.equal(true);
    expect(await listSlots(db, userId)).to.deep.equal([last.executionArn]);
  });

  it('make room for all who find them full at once, though one of them takes out those that have ended', async () => {
    const { userId, goalIds } = await givenGoals(2);
    const [first = '', second = ''] = goalIds;
    const { record } = await startWorkflow(first, userId, givenStart(db, undefined, 1).tools);
    await settle(executions, record.executionArn, { status: 'ABORTED', notify: 'machine' });
    const send = async (command: Parameters<typeof db.client.send>[0]) => {
      try {
        return await db.client.send(command);
      } catch (refusal) {
        await freeSlots(db, userId, async () => false);
        throw refusal;
      }
    };
    const { tools } = givenStart({ ...db, client: Object.assign(Object.create(db.client), { send }) }, undefined, 1);
    expect((await startWorkflow(second, userId, tools)).isNew).to.equal(true);
  });

  it('are those of one user alone, and none of who has started nothing', async () => {
    const { userId } = await givenExecution();
    const { goalId, userId: other } = await givenGoal(1);
    expect(await listSlots(db, other)).to.deep.equal([]);
    expect(await freeSlots(db, other, async () => false)).to.equal(0);
    expect((await startWorkflow(goalId, other, givenStart(db, undefined, 1).tools)).isNew).to.equal(true);
    expect(await freeSlots(db, userId, async () => true)).to.equal(1);
  });

  it('stay in their slots while they run; those that have ended leave them', async () => {
    const { executionArn, userId } = await givenExecution({ actionCount: 1 });
    await givenExecution({ actionCount: 1, userId });
    expect(await listSlots(db, userId)).to.have.length(2);
    expect(await freeSlots(db, userId, async (each) => each === executionArn)).to.equal(1);
    expect(await listSlots(db, userId)).to.deep.equal([executionArn]);
  });
});
