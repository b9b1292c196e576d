import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { claim, unclaimRequest } from '@goal-activity/core/claim.ts';
import type { Database } from '@goal-activity/core/database.ts';
import { PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import { getExecution, listOutcomes } from '@goal-activity/core/executions.ts';
import { getGoal, listActions } from '@goal-activity/core/goals.ts';
import { createMemoryLog } from '@goal-activity/core/logger.ts';
import { settle } from '@goal-activity/core/settle.ts';
import { listTasks } from '@goal-activity/core/tasks.ts';
import { createWorkflow, type Workflow } from '@goal-activity/core/workflow.ts';
import { expect } from 'chai';
import { useDatabase } from '../../../test/support/database.ts';
import { failureOf } from '../../../test/support/failure.ts';
import { givenExecution, givenGoal, givenSaved, STATE_MACHINE_ARN } from '../../../test/support/goal.ts';
import { type Collaborators, startWorkflow } from '../src/start-workflow.ts';

type StartExecution = Workflow['start'];

/** The real collaborators, with a StartExecution that does what the test wants and notes its calls. */
function given(db: Database, start: StartExecution = async () => 'started') {
  const calls: { name: string; input: object }[] = [];
  const workflow: Workflow = {
    ...createWorkflow(STATE_MACHINE_ARN, { send: async () => Promise.reject(new Error('no call is expected')) }),
    start: (name, input) => {
      calls.push({ name, input });
      return start(name, input);
    },
  };
  const collaborators: Collaborators = {
    getGoal: (goalId) => getGoal(db, goalId),
    listActions: (goalId) => listActions(db, goalId),
    actionsWithTasks: async (goalId) => new Set((await listTasks(db, goalId)).map(({ actionId }) => actionId)),
    getExecution: (executionArn) => getExecution(db, executionArn),
    repair: async (record) => record,
    claim: (goal, record, actions) => claim(db, goal, record, actions),
    unclaim: async (record, positions) => {
      await db.client.send(new TransactWriteCommand(unclaimRequest(db, record, positions, new Date())));
    },
    workflow,
    log: createMemoryLog().log,
    now: () => new Date(),
  };
  return { calls, collaborators };
}

describe('startWorkflow', () => {
  const database = useDatabase();

  it('claims the goal, writes record and pending outcomes, and starts one execution with all action ids', async () => {
    const db = database();
    const { goalId, userId } = await givenGoal(db, 64);
    const { calls, collaborators } = given(db);
    const { isNew, record } = await startWorkflow(goalId, userId, collaborators);
    expect(isNew).to.equal(true);
    const actionIds = (await listActions(db, goalId)).map(({ actionId }) => actionId);
    expect(calls).to.deep.equal([{ name: `${goalId}-1`, input: { goalId, userId, actionIds } }]);
    expect(await getGoal(db, goalId)).to.include({
      status: 'processing',
      executionArn: record.executionArn,
      attempt: 1,
    });
    const outcomes = await listOutcomes(db, record.executionArn);
    expect(outcomes.map(({ actionId }) => actionId)).to.deep.equal(actionIds);
    expect(new Set(outcomes.map(({ outcome }) => outcome))).to.deep.equal(new Set(['PENDING']));
  });

  it('starts one execution however many starts come at once, and answers all with it (rule 1)', async () => {
    const db = database();
    const { goalId, userId } = await givenGoal(db, 8);
    const { calls, collaborators } = given(db);
    const answers = await Promise.all(Array.from({ length: 12 }, () => startWorkflow(goalId, userId, collaborators)));
    expect(answers.filter(({ isNew }) => isNew)).to.have.length(1);
    expect(new Set(answers.map(({ record }) => record.executionArn)).size).to.equal(1);
    expect(new Set(calls.map(({ name }) => name)).size).to.equal(1);
    expect(await getGoal(db, goalId)).to.include({ status: 'processing', attempt: 1 });
  });

  it('takes the claim back, all of it, when StartExecution is refused for good (rule 1)', async () => {
    const db = database();
    const { goalId, userId } = await givenGoal(db, 64);
    const { calls, collaborators } = given(db, async () => {
      throw new PermanentError('AccessDeniedException');
    });
    expect((await failureOf(startWorkflow(goalId, userId, collaborators))).name).to.equal('PermanentError');
    const executionArn = collaborators.workflow.executionArnOf(calls[0]?.name ?? '');
    expect(await getExecution(db, executionArn)).to.equal(undefined);
    expect(await listOutcomes(db, executionArn)).to.deep.equal([]);
    const goal = await getGoal(db, goalId);
    expect(goal).to.include({ status: 'draft' }).and.not.to.have.property('executionArn');
    const { record } = await startWorkflow(goalId, userId, given(db).collaborators);
    expect(record.name).to.equal(`${goalId}-2`);
  });

  it('keeps the claim when StartExecution may have been received, and asks the caller to send again (rule 1)', async () => {
    const db = database();
    const { goalId, userId } = await givenGoal(db);
    const { collaborators } = given(db, async () => {
      throw new TransientError('throttled');
    });
    expect(await failureOf(startWorkflow(goalId, userId, collaborators))).to.include({
      status: 503,
      code: 'start_delayed',
    });
    const { isNew, record } = await startWorkflow(goalId, userId, given(db).collaborators);
    expect(isNew).to.equal(false);
    expect(record.name).to.equal(`${goalId}-1`);
  });

  it('starts anew when the repair finds that the execution which held the goal has ended', async () => {
    const db = database();
    const { goalId, userId, executionArn } = await givenExecution(db);
    const { collaborators } = given(db);
    const repair: Collaborators['repair'] = async (record) =>
      (await settle(db, executionArn, { status: 'TIMED_OUT', notify: 'pending' }, new Date())) ?? record;
    const { isNew, record } = await startWorkflow(goalId, userId, { ...collaborators, repair });
    expect(isNew).to.equal(true);
    expect(record.name).to.equal(`${goalId}-2`);
  });

  it('runs only the actions that have no tasks when a goal is partial, so that nothing is doubled', async () => {
    const db = database();
    const execution = await givenExecution(db, { actionCount: 4 });
    await givenSaved(db, execution, [0, 2]);
    await settle(db, execution.executionArn, { status: 'ABORTED', notify: 'pending' }, new Date());
    const { record } = await startWorkflow(execution.goalId, execution.userId, given(db).collaborators);
    expect(record.actionIds).to.deep.equal([1, 3].map((position) => execution.actions[position]?.actionId));
    expect(record.goalStatusBefore).to.equal('partial');
  });

  it('refuses an active goal, a goal without actions, an unknown goal and a stranger, and writes nothing', async () => {
    const db = database();
    const { collaborators, calls } = given(db);
    const done = await givenExecution(db, { actionCount: 1 });
    await givenSaved(db, done, [0]);
    await settle(db, done.executionArn, { status: 'by outcome', notify: 'machine' }, new Date());
    expect(await failureOf(startWorkflow(done.goalId, done.userId, collaborators))).to.include({
      status: 409,
      code: 'goal_already_active',
    });
    const empty = await givenGoal(db, 0);
    expect(await failureOf(startWorkflow(empty.goalId, empty.userId, collaborators))).to.include({
      status: 422,
      code: 'goal_without_actions',
    });
    expect(await failureOf(startWorkflow('unknown', 'someone', collaborators))).to.include({
      status: 404,
      code: 'goal_not_found',
    });
    expect(await failureOf(startWorkflow(empty.goalId, 'someone', collaborators))).to.include({
      status: 404,
      code: 'goal_not_found',
    });
    expect(await getGoal(db, empty.goalId)).to.include({ status: 'draft', version: 1 });
    expect(calls).to.deep.equal([]);
  });
});
