import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import { unclaim } from '@goal-activity/core/execution/claim.ts';
import { EXECUTION } from '@goal-activity/core/execution/records.ts';
import { settle } from '@goal-activity/core/execution/settle.ts';
import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { STATE_MACHINE_ARN } from '../../../test/support/stack/goal.ts';
import { useAwsServer } from '../../core/test/support/aws-server.ts';
import { callOn, httpAnswer, httpEvent } from '../../core/test/support/call-handler.ts';
import { cancelled, refusing, watched } from '../../core/test/support/failing.ts';
import { expectRefusal } from '../../core/test/support/refusals.ts';
import { BY_OUTCOME, useTables } from '../../core/test/support/tables.ts';
import { givenStart } from '../../core/test/support/tools.ts';
import { startWorkflow } from '../src/start-workflow.ts';

describe('start-workflow', () => {
  const { db, executions, goalOf, actionsOf, givenGoal, givenExecution } = useTables();

  it('claims the goal, writes record and pending outcomes, and starts one execution with all action ids', async () => {
    const { goalId, userId } = await givenGoal(64);
    const { calls, tools, lines } = givenStart(db);
    const { isNew, record } = await startWorkflow(goalId, userId, tools);
    expect(isNew).to.equal(true);
    const actionIds = (await actionsOf(goalId)).map(({ actionId }) => actionId);
    expect(calls).to.deep.equal([{ name: `${goalId}-1`, input: { goalId, userId, actionIds } }]);
    const claimed = { status: 'processing', executionArn: record.executionArn, attempt: 1 };
    expect(await goalOf(goalId)).to.include(claimed);
    // Kept 90 days.
    const expiresAt = Math.floor(Date.parse(record.startedAt) / 1000) + 90 * 86_400;
    const begun = { currentState: 'ValidateInput', version: 1, expiresAt };
    expect(await executions.get(record.executionArn)).to.include(begun);
    const outcomes = await executions.outcomes(record.executionArn);
    expect(outcomes.map(({ actionId }) => actionId)).to.deep.equal(actionIds);
    for (const outcome of outcomes) expect(outcome).to.include({ outcome: 'PENDING', expiresAt });
    expect(lines.map(({ message }) => message)).to.deep.equal(['execution claimed', 'execution started']);
    for (const line of lines) expect(line).to.include({ executionArn: record.executionArn, goalId, totalActions: 64 });
  });

  it('takes the claim back, all of it, when StartExecution is refused for good (rule 1)', async () => {
    const { goalId, userId } = await givenGoal(64);
    const { calls, tools } = givenStart(db, async () => {
      throw new PermanentError('AccessDeniedException');
    });
    expect((await failureOf(startWorkflow(goalId, userId, tools))).name).to.equal('PermanentError');
    const executionArn = tools.workflow.executionArnOf(calls[0]?.name ?? '');
    expect(await executions.read(executionArn)).to.deep.equal({ record: undefined, outcomes: [] });
    expect(await goalOf(goalId)).to.include({ status: 'draft' });
    const { record } = await startWorkflow(goalId, userId, givenStart(db).tools);
    expect(record.name).to.equal(`${goalId}-2`);
  });

  it('keeps the claim when StartExecution may have been received, logs why, and asks the caller to send again (rule 1)', async () => {
    const { goalId, userId } = await givenGoal();
    const { tools, lines } = givenStart(db, () => Promise.reject(new TransientError('throttled')));
    expectRefusal(await failureOf(startWorkflow(goalId, userId, tools)), 503, 'start_delayed');
    const why = { errorName: 'TransientError', errorMessage: 'throttled' };
    const executionArn = tools.workflow.executionArnOf(`${goalId}-1`);
    expect(lines.at(-1)).to.include({ level: 'error', goalId, executionArn, ...why });
    expect(await startWorkflow(goalId, userId, givenStart(db).tools)).to.nested.include({
      isNew: false,
      'record.executionArn': executionArn,
    });
  });

  it('starts anew when the repair finds that the execution which held the goal has ended', async () => {
    const { goalId, userId } = await givenExecution({ now: new Date(Date.now() - 911_000) });
    const { tools } = givenStart(db, undefined, 5, async () => ({ status: 'TIMED_OUT' }));
    const { isNew, record } = await startWorkflow(goalId, userId, tools);
    expect(isNew).to.equal(true);
    expect(record.name).to.equal(`${goalId}-2`);
  });

  it('runs only the actions that have no tasks when a goal is partial, so that nothing is doubled', async () => {
    const ended = { status: 'ABORTED', notify: 'pending' } as const;
    const { goalId, userId, actions } = await givenExecution({ actionCount: 4, saved: [0, 2], ended });
    const { record } = await startWorkflow(goalId, userId, givenStart(db).tools);
    expect(record.actionIds).to.deep.equal([1, 3].map((position) => actions[position]?.actionId));
    expect(record.goalStatusBefore).to.equal('partial');
  });

  it('refuses a goal whose actions have their tasks, a goal without actions, an unknown goal and a stranger, and writes nothing', async () => {
    const { tools, calls } = givenStart(db);
    const done = await givenExecution({ actionCount: 1, saved: [0], ended: BY_OUTCOME });
    const empty = await givenGoal(0);
    // Its goal does not say that every action has its tasks.
    const unclaimed = await givenExecution({ actionCount: 1, confirmed: false, saved: [0] });
    await unclaim(executions, unclaimed.record);
    for (const [goalId, userId, status, code] of [
      [done.goalId, done.userId, 409, 'goal_already_active'],
      [unclaimed.goalId, unclaimed.userId, 409, 'goal_already_active'],
      [empty.goalId, empty.userId, 422, 'goal_without_actions'],
      ['unknown', 'someone', 404, 'goal_not_found'],
      [empty.goalId, 'someone', 404, 'goal_not_found'],
    ] as const)
      expectRefusal(await failureOf(startWorkflow(goalId, userId, tools)), status, code);
    expect(await goalOf(empty.goalId)).to.include({ status: 'draft', version: 1 });
    expect(calls).to.deep.equal([]);
  });

  it('asks to come again when the goal is held by an execution that cannot be found, and starts nothing', async () => {
    const { executionArn, goalId, userId } = await givenExecution();
    await db.client.send(new DeleteCommand({ TableName: db.executions, Key: { executionArn, sk: EXECUTION } }));
    const { db: asked, inputs } = watched(db);
    const { calls, tools } = givenStart(asked);
    const failure = await failureOf(startWorkflow(goalId, userId, tools));
    expect(failure).to.include({ status: 503, code: 'start_delayed', retryAfterSeconds: 2 });
    expect(inputs).to.have.length(2 * 8);
    expect(calls).to.deep.equal([]);
  });

  it('claims again on fresh data when the goal was changed meanwhile', async () => {
    const { goalId, userId } = await givenGoal(2);
    let claims = 0;
    const changing = refusing(db, (before) => {
      claims = before + 1;
      return before < 2 ? cancelled('ConditionalCheckFailed') : undefined;
    });
    const { calls, tools, lines } = givenStart(changing);
    expect((await startWorkflow(goalId, userId, tools)).isNew).to.equal(true);
    expect(claims).to.equal(3);
    expect(calls).to.have.length(1);
    expect(lines.map(({ message }) => message)).to.deep.equal(['execution claimed', 'execution started']);
  });

  it('claims nothing while there is no room for one more of its user, counts those that run, and logs it', async () => {
    const { userId } = await givenExecution();
    const { executionArn } = await givenExecution({ userId });
    await settle(executions, executionArn, { status: 'FAILED', notify: 'machine' });
    const { goalId } = await givenGoal(1, userId);
    const before = await goalOf(goalId);
    const counts: number[] = [];
    const admission = {
      async isOpenTo(countOwn: () => Promise<number>) {
        counts.push(await countOwn());
        return false;
      },
      note: () => counts.push(-1),
    };
    const { calls, tools, lines } = givenStart(db);
    const failure = await failureOf(startWorkflow(goalId, userId, { ...tools, admission }));
    expectRefusal(failure, 503, 'too_busy');
    expect(counts).to.deep.equal([1]);
    expect(await goalOf(goalId)).to.deep.equal(before);
    expect(calls).to.deep.equal([]);
    expect(lines.map(({ level, message }) => [level, message])).to.deep.equal([['warn', 'start refused']]);
  });

  it('tells a user who has as many as they may from a stage that is full', async () => {
    const { userId } = await givenExecution();
    const { goalId } = await givenGoal(1, userId);
    const admission = {
      isOpenTo: async (countOwn: () => Promise<number>) => (await countOwn()) < 0,
      note: () => undefined,
    };
    const { tools } = givenStart(db, undefined, 1);
    const failure = await failureOf(startWorkflow(goalId, userId, { ...tools, admission }));
    expectRefusal(failure, 429, 'too_many_executions');
  });

  const aws = useAwsServer({ StartExecution: () => ({}) });

  it('starts the execution of the goal in the path, for the user of the token, answers with it again, up to the limit', async () => {
    const { goalId, userId } = await givenGoal(1);
    const start = async (id: string) => {
      const event = httpEvent('POST /api/goals/{goalId}/start-activity', userId, { pathParameters: { goalId: id } });
      return httpAnswer(await callOn(db, 'start-workflow', event, aws(), { MAX_RUNNING_EXECUTIONS: '1' }));
    };
    const { status, body } = await start(goalId);
    const { executionArn = '' } = (await goalOf(goalId)) ?? {};
    const { startedAt: startDate } = (await executions.get(executionArn)) ?? {};
    expect(status).to.equal(202);
    expect(body).to.deep.equal({ executionArn, goalId, status: 'RUNNING', startDate });
    expect(aws().calls.map(({ input }) => input.stateMachineArn)).to.deep.equal([STATE_MACHINE_ARN]);
    expect(await start(goalId)).to.deep.include({ status: 200, body });
    const second = await givenGoal(1, userId);
    expect(await start(second.goalId)).to.nested.include({ status: 429, 'body.code': 'too_many_executions' });
  });
});
