import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { choose, uniformInteger } from '../../local/aws/bedrock/random.ts';
import { Person } from '../support/person.ts';
import { SEED } from '../support/seed.ts';
import { useProcesses } from '../support/stack/process.ts';
import { expectTasksOf } from '../support/stack/saved-tasks.ts';
import { eventually, type Goal, type Status, signIn, titles, type User, useStack } from '../support/stack/stack.ts';
import { unkind } from '../support/stack/unkind.ts';

/** `make soak` sets it; every fourth kill is one of the whole stack. */
const KILLS = Number(process.env.KILLS || 4);
const STACK_KILLS = Math.floor(KILLS / 4);
/** Those that a run needs. */
const WORKERS =
  /-(start-workflow|validate-input|get-actions|create-batches|generate-tasks|save-tasks|update-progress|aggregate-results|update-goal-status|get-status|goals)$/;

/** What status answers have told of saved actions: `executionArn actionId` → number of tasks. */
type Reported = Map<string, number>;

function report(reported: Reported, { executionArn, outcomes }: Status): void {
  for (const { actionId, outcome, taskCount } of outcomes)
    if (outcome === 'SAVED') reported.set(`${executionArn} ${actionId}`, taskCount);
}

/** Asks for the status until the goal is not worked on any more; that repairs, too. */
async function settled(user: User, goalId: string, reported: Reported): Promise<Goal> {
  for (const giveUpAt = performance.now() + 200_000; performance.now() < giveUpAt; await sleep(10)) {
    const goal = await user.getGoal(goalId);
    if (goal.status !== 'processing') return goal;
    let isRunning = goal.executionArn !== null;
    for (; isRunning && performance.now() < giveUpAt; await sleep(10)) {
      const status = await user.getStatus(goal.executionArn ?? '');
      report(reported, status);
      isRunning = status.status === 'RUNNING';
    }
  }
  const { status, executionArn } = await user.getGoal(goalId);
  throw new Error(`the goal is stuck: ${status}, ${executionArn}`);
}

/** Nothing stuck: starts the goal again until it is active. Nothing lost, nothing doubled: compares all that is known. */
async function expectWhole(user: User, { goalId, actions }: Goal, reported: Reported, person?: Person): Promise<void> {
  let goal = await settled(user, goalId, reported);
  for (let starts = 0; goal.status !== 'active'; starts += 1) {
    expect(starts, 'starts without a kill').to.be.below(5);
    await user.start(goalId);
    goal = await settled(user, goalId, reported);
  }
  // The list lags: it may not have every execution yet.
  await eventually(async () => {
    const { items } = await user.listExecutions({ goalId });
    const statuses = await Promise.all(items.map(({ executionArn }) => user.getStatus(executionArn)));
    statuses.sort((one, other) => Date.parse(one.startDate) - Date.parse(other.startDate));
    for (const [index, { startDate }] of statuses.slice(1).entries())
      expect(Date.parse(startDate)).to.be.at.least(Date.parse(statuses[index]?.stopDate ?? ''));
    const saved: Reported = new Map();
    for (const status of statuses) report(saved, status);
    for (const [key, taskCount] of reported) expect(saved.get(key), `reported ${key}`).to.equal(taskCount);
    expect([...saved.keys()].map((key) => key.split(' ')[1])).to.have.members(actions.map(({ actionId }) => actionId));
    person?.expectKept(await expectTasksOf(user, goalId, statuses));
    const { taskCount, doneTaskCount } = await user.getGoal(goalId);
    const tasks = await user.listTasks(goalId);
    const done = tasks.filter(({ status }) => status === 'done');
    expect([taskCount, doneTaskCount], 'counts').to.deep.equal([tasks.length, done.length]);
  });
}

/** Starts a goal and waits until it is settled. @returns how many milliseconds that took */
async function run(user: User, { goalId }: Goal, reported: Reported): Promise<number> {
  const startedAt = performance.now();
  await user.start(goalId);
  await settled(user, goalId, reported);
  return performance.now() - startedAt;
}

describe('kill -9 at random moments', function () {
  this.timeout(KILLS * 300_000);
  before(() => console.log(`    seed ${SEED}, ${KILLS} kills, of the whole stack ${STACK_KILLS}`));

  describe('of a Lambda worker', () => {
    const stack = useStack({ TIME_SCALE: '0.1', AI_LATENCY_MS: '10-60', ...unkind() });

    it('loses nothing that was reported saved, doubles nothing, and leaves nothing stuck', async () => {
      const user = await signIn(stack().url, 'workers', { isPatient: true });
      // The first run is slower than those after it.
      await run(user, await user.createGoal(titles(9)), new Map());
      const length = Math.ceil(await run(user, await user.createGoal(titles(9)), new Map()));
      for (let kill = 0; kill < KILLS - STACK_KILLS; kill += 1) {
        const goal = await user.createGoal(titles(9));
        const moment = uniformInteger(0, length, SEED, 'moment', kill);
        const reported: Reported = new Map();
        const running = run(user, goal, reported);
        const person = new Person(user, goal);
        await sleep(moment);
        const changing = Promise.all([0, 1, 2].map((pick) => person.check(pick)));
        const { lambda } = stack();
        const workers = lambda.workers().filter(({ functionName }) => WORKERS.test(functionName));
        const [victim] = choose(workers, 1, SEED, 'victim', kill);
        if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
        try {
          await Promise.all([running, changing]);
          await expectWhole(user, goal, reported, person);
        } catch (cause) {
          throw new Error(`kill ${kill}, of ${victim?.functionName} after ${moment} ms, SEED=${SEED}`, { cause });
        }
      }
    });
  });

  describe('of the whole stack', () => {
    const { start } = useProcesses({ AI_LATENCY_MS: '10-60', TIME_SCALE: '0.1', ...unkind() });

    it('loses nothing that was reported saved, doubles nothing, and leaves nothing stuck', async () => {
      let stack = await start();
      // The first run of a stack, as those that are killed are.
      let user = await signIn(stack.url, 'stack', { isPatient: true });
      const length = Math.ceil(await run(user, await user.createGoal(titles(17)), new Map()));
      for (let kill = 0; kill < STACK_KILLS; kill += 1) {
        const goal = await user.createGoal(titles(17));
        const moment = uniformInteger(0, length, SEED, 'stack moment', kill);
        const reported: Reported = new Map();
        let isKilled = false;
        const client = run(user, goal, reported).catch((error: unknown) => {
          // The connection broke off.
          if (!isKilled) throw error;
        });
        await sleep(moment);
        isKilled = true;
        await stack.end('SIGKILL');
        await client;
        stack = await start();
        user = await signIn(stack.url, 'stack', { isPatient: true });
        try {
          await expectWhole(user, goal, reported);
        } catch (cause) {
          throw new Error(`kill ${kill} of the stack after ${moment} ms, SEED=${SEED}`, { cause });
        }
      }
    });
  });
});
