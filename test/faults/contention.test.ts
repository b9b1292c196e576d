import { settle } from '@goal-activity/core/execution/settle.ts';
import { getGoal } from '@goal-activity/core/goal/rows.ts';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import { saveTasks } from '@goal-activity/save-tasks/src/save-tasks.ts';
import { expect } from 'chai';
import { useDatabase } from '../support/stack/database.ts';
import { executionsOf } from '../support/stack/executions.ts';
import { givenExecution, saveInput } from '../support/stack/goal.ts';
import { type Goal, type Started, signIn, titles, type User, useStack } from '../support/stack/stack.ts';
import { AI_SELDOM_FAILS, unkind } from '../support/stack/unkind.ts';

const WRITERS = 200;
const writers = <Result>(write: (writer: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));

describe('200 concurrent writers to a goal', function () {
  this.timeout(300_000);

  describe('through the API', () => {
    const asked: string[] = [];
    const stack = useStack(
      { AI_LATENCY_MS: '1', ...unkind(AI_SELDOM_FAILS) },
      { ai: { onEnd: ({ action }) => void asked.push(action) } },
    );

    /** The gateway's own 500 is like a 503: 200 calls at once may take a busy machine longer than a function's time. */
    const statusOf = ({ status, body }: { status: number; body: object }) =>
      status === 500 && !('code' in body) ? 503 : status;
    /** Every action has a writer of its title and one of its description; 72 fields have a second writer. */
    const fieldOf = (writer: number) => (writer % 128 < 64 ? 'title' : 'description');
    const textOf = (writer: number) => `The text of writer ${writer}`;
    const change = async (user: User, { goalId, actions }: Goal, writer: number) => {
      const path = `/api/goals/${goalId}/actions/${actions[writer % 64]?.actionId}`;
      return statusOf(await user.call('PATCH', path, { [fieldOf(writer)]: textOf(writer) }));
    };

    /**
     * Of each field: what it holds now, and what those wrote who were told that they have.
     * @param unknown those who were answered 5xx: that says nothing about whether they have
     */
    function expectWritten(
      before: Goal,
      actions: Goal['actions'],
      successful: readonly number[],
      unknown: readonly number[],
    ) {
      for (const action of actions) {
        for (const field of ['title', 'description'] as const) {
          const writtenBy = (those: readonly number[]) =>
            those.filter((writer) => writer % 64 === action.position && fieldOf(writer) === field).map(textOf);
          const written = writtenBy(successful);
          const { [field]: initial = '' } = before.actions[action.position] ?? {};
          expect(action[field]).to.be.oneOf([...(written.length > 0 ? written : [initial]), ...writtenBy(unknown)]);
        }
      }
    }

    it('lose no change that one of them was told is made, and make the others once they ask again', async () => {
      const user = await signIn(stack().url, 'writers', { isPatient: true });
      const hasty = await signIn(stack().url, 'writers');
      const goal = await user.createGoal(titles(64));
      const successful: number[] = [];
      const refused: number[] = [];
      await writers(async (writer) => {
        const status = await change(hasty, goal, writer);
        expect(status).to.be.oneOf([200, 503]);
        (status === 200 ? successful : refused).push(writer);
      });
      const first = await user.getGoal(goal.goalId);
      expect(first.version).to.be.within(goal.version + successful.length, goal.version + WRITERS);
      expectWritten(goal, first.actions, successful, refused);
      for (const writer of refused) expect(await change(user, goal, writer)).to.equal(200);
      const last = await user.getGoal(goal.goalId);
      expect(last.version).to.be.at.least(first.version + refused.length);
      expectWritten(first, last.actions, [...successful, ...refused], []);
    });

    it('start it once while others change it, and the tasks are made of what was changed before', async () => {
      const user = await signIn(stack().url, 'writers-and-starters', { isPatient: true });
      const hasty = await signIn(stack().url, 'writers-and-starters');
      const goal = await user.createGoal(titles(64));
      const successful: number[] = [];
      const unknown: number[] = [];
      const started: Started[] = [];
      asked.length = 0;
      await writers(async (writer) => {
        if (writer % 2 === 0) {
          const answer = await hasty.start(goal.goalId);
          // 409: all of it is over.
          expect(statusOf(answer)).to.be.oneOf([200, 202, 409, 503]);
          if (answer.status < 300) started.push(answer.body);
          return;
        }
        const status = await change(hasty, goal, writer);
        // 409: the goal is being worked on.
        expect(status).to.be.oneOf([200, 409, 503]);
        if (status !== 409) (status === 200 ? successful : unknown).push(writer);
      });
      // Everybody was sent away.
      if (started.length === 0) started.push((await user.start(goal.goalId)).body);
      const executionArns = new Set(started.map(({ executionArn }) => executionArn));
      expect(executionArns.size).to.equal(1);
      const [executionArn = ''] = executionArns;
      const status = await user.waitForEnd(executionArn);
      expect(status.status).to.equal('SUCCEEDED');
      const now = await user.getGoal(goal.goalId);
      // One write for each change, one for the claim, one for the end.
      const least = goal.version + successful.length + 2;
      expect(now.version).to.be.within(least, least + unknown.length);
      expectWritten(goal, now.actions, successful, unknown);
      expect(new Set(asked)).to.deep.equal(new Set(now.actions.map(({ title }) => title)));
    });
  });

  describe('at the tables', () => {
    const db = useDatabase();

    it('save the tasks of its 64 actions while it ends: each action has the tasks of one of its writers, or none', async () => {
      const execution = await givenExecution(db, { actionCount: 64 });
      const { executionArn, goalId } = execution;
      const before = await getGoal(db, goalId);
      let ends = 0;
      const counting = executionsOf(db, undefined, async () => {
        ends += 1;
      });
      const results = await writers(async (writer) => {
        if (writer % 25 === 24) {
          await settle(counting, executionArn, { status: 'by outcome', notify: 'machine' });
          return undefined;
        }
        const position = writer % 64;
        // Some come before the end, some after it.
        for (let read = 0; read < position / 8; read += 1) await executionsOf(db).get(executionArn);
        // The writers of an action have different numbers of tasks.
        const input = saveInput(execution, position, 1 + ((writer + Math.floor(writer / 64)) % 8));
        const tasks = input.tasks.map((task) => ({ ...task, title: `Of writer ${writer}` }));
        return saveTasks(executionsOf(db), { ...input, tasks }, 300_000).catch(({ name }: Error) => ({
          position,
          name,
        }));
      });
      expect(ends).to.equal(1);
      const [record, outcomes, tasks] = await Promise.all([
        executionsOf(db).get(executionArn),
        executionsOf(db).outcomes(executionArn),
        listTasks(db, goalId),
      ]);
      for (const { actionId, position, outcome, taskCount } of outcomes) {
        const own = tasks.filter((task) => task.actionId === actionId);
        expect(outcome).to.be.oneOf(['SAVED', 'FAILED']);
        expect(own.length).to.equal(taskCount);
        expect(new Set(own.map(({ title }) => title)).size).to.equal(outcome === 'SAVED' ? 1 : 0);
        for (const result of results) {
          if (result?.position !== position) continue;
          expect(result).to.include(outcome === 'SAVED' ? { outcome, taskCount } : { name: 'PermanentError' });
        }
      }
      const saved = outcomes.filter(({ outcome }) => outcome === 'SAVED').length;
      expect(record).to.include({ savedActions: saved, failedActions: 64 - saved, taskCount: tasks.length });
      expect((await getGoal(db, goalId))?.version).to.equal((before?.version ?? 0) + 1);
    });
  });
});
