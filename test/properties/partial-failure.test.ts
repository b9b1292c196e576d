import { expect } from 'chai';
import fc from 'fast-check';
import type { ScriptedAnswer } from '../../local/aws/bedrock/bedrock.ts';
import type { Fault } from '../../local/aws/bedrock/settings.ts';
import { ExecutionHistory, engineEnd } from '../support/history.ts';
import { CASES, checkTogether, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { expectTasksOf } from '../support/stack/saved-tasks.ts';
import {
  type Goal,
  retryPath,
  type Started,
  type Status,
  signIn,
  type User,
  useStack,
} from '../support/stack/stack.ts';
import { AI_NEVER_FAILS, startFor, unkind } from '../support/stack/unkind.ts';

/** What the AI does to the calls of an action, one after the other, the last for ever; and the error that people are told. */
interface Fate {
  readonly calls: readonly (Fault | 'answer')[];
  readonly error?: 'PermanentError' | 'TransientError';
}

const FATES: Readonly<Record<string, Fate>> = {
  answered: { calls: ['answer'] },
  'throttled, then answered': { calls: ['throttle', 'answer'] },
  'an error, an invalid answer, then answered': { calls: ['error', 'malformed', 'answer'] },
  'answered at the last attempt': { calls: ['throttle', 'malformed', 'error', 'answer'] },
  denied: { calls: ['denied'], error: 'PermanentError' },
  'throttled, then denied': { calls: ['throttle', 'denied'], error: 'PermanentError' },
  'throttled for ever': { calls: ['throttle'], error: 'TransientError' },
  'errors for ever': { calls: ['error'], error: 'TransientError' },
  'invalid answers for ever': { calls: ['malformed'], error: 'TransientError' },
  'answered too late': { calls: ['error', 'throttle', 'error', 'malformed', 'answer'], error: 'TransientError' },
};

const fateOf = (title: string) => FATES[title.replace(/^.*: /, '')] ?? { calls: [] };

/** Mostly those that need no wait for a retry. */
const fate = fc.oneof(
  { weight: 5, arbitrary: fc.constant('answered') },
  { weight: 4, arbitrary: fc.constant('denied') },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(FATES)) },
);
/** Each case is an action; so many are of one goal, on average. */
const ACTIONS = 3;
/** Goals at the same time: they mostly wait. */
const AT_A_TIME = 4;
const actions = fc.oneof(
  { weight: 40, arbitrary: fc.array(fate, { minLength: 1, maxLength: 2 * ACTIONS - 1, size: 'max' }) },
  { weight: 1, arbitrary: fc.array(fate, { minLength: 25, maxLength: 32 }) },
);
/** A quarter of them. */
const retried = fc.integer({ min: 0, max: 3 }).map((drawn) => drawn === 3);

describe('any set of failing actions', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  /** Titles of the actions that the AI answers from now on, whatever their fate was. */
  const mended = new Set<string>();
  const script = (title: string, call: number): ScriptedAnswer => {
    const { calls } = fateOf(title);
    const next = mended.has(title) ? 'answer' : (calls[call - 1] ?? calls.at(-1) ?? 'answer');
    return next === 'answer' ? {} : { fault: next };
  };
  // An action that is answered at its last attempt has none left for a read that the database refuses three times.
  const faults = unkind({ ...AI_NEVER_FAILS, databaseThrottle: 0.002, databaseError: 0.001 });
  const stack = useStack({ TIME_SCALE: '0.05', AI_LATENCY_MS: '1', ...faults }, { ai: { script } });
  let goals = 0;
  let judged = 0;

  /** No AI call hangs here: what was given up, the machine has held up. */
  const wasHeldUp = (executionArn: string) => {
    const history = new ExecutionHistory(stack(), executionArn);
    const isGivenUp = ({ error = '' }) => ['States.Timeout', 'BatchTimeout'].includes(error);
    return history.givenUp().length > 0 || history.invocations('GenerateTasks').some(isGivenUp);
  };

  /** What the API tells of a run: what became of each action, and the tasks that are there. */
  async function run(user: User, goal: Goal, executionArn: string, earlier: readonly Status[] = []) {
    await engineEnd(stack(), executionArn);
    const status = await user.getStatus(executionArn);
    const tasks = await expectTasksOf(user, goal.goalId, [...earlier, status]);
    for (const { outcome, taskCount } of status.outcomes) expect(outcome).to.equal(taskCount > 0 ? 'SAVED' : 'FAILED');
    return { status, tasks, goalStatus: (await user.getGoal(goal.goalId)).status };
  }

  const idsOf = (list: readonly { actionId: string }[]) => [...new Set(list.map(({ actionId }) => actionId))].sort();

  it('leaves the tasks of exactly the others, lists exactly the failed ones, and is complete after a retry', async () => {
    await checkTogether(
      fc.record({ actions, retried }, { noNullPrototype: true }),
      async ({ actions: fates, retried }) => {
        goals += 1;
        const number = goals;
        const user = await signIn(stack().url, `partial-failure-${number}`, { isPatient: true });
        const goal = await user.createGoal(fates.map((name, index) => `Goal ${number}, action ${index}: ${name}`));
        const failing = goal.actions.filter(({ title }) => fateOf(title).error !== undefined);
        const others = goal.actions.filter((action) => !failing.includes(action));
        const first = await run(user, goal, await startFor(user, goal.goalId));
        if (wasHeldUp(first.status.executionArn)) return;
        judged += 1;
        expect(idsOf(first.tasks), 'actions with tasks').to.deep.equal(idsOf(others));
        expect(
          first.status.failedActions.map(({ actionId, title, error }) => ({ actionId, title, error })),
          'failed actions',
        ).to.deep.equal(failing.map(({ actionId, title }) => ({ actionId, title, error: fateOf(title).error })));
        expect(first.status.failedActions.every(({ reason }) => reason !== '')).to.equal(true);
        const some = others.length > 0 ? ['PARTIALLY_SUCCEEDED', 'partial'] : ['FAILED', 'failed'];
        const expected = failing.length === 0 ? ['SUCCEEDED', 'active'] : some;
        expect([first.status.status, first.goalStatus]).to.deep.equal(expected);
        const before = first.status.executionArn;
        if (failing.length === 0) {
          expect((await user.call('POST', retryPath(before))).status).to.equal(409);
          return;
        }
        if (!retried) return;
        for (const { title } of failing) mended.add(title);
        const retry = await startFor(user, goal.goalId, before, () => user.call<Started>('POST', retryPath(before)));
        const second = await run(user, goal, retry, [first.status]);
        if (wasHeldUp(retry)) return;
        expect([second.status.status, second.goalStatus]).to.deep.equal(['SUCCEEDED', 'active']);
        expect(idsOf(second.status.outcomes), 'actions of the retry').to.deep.equal(idsOf(failing));
        expect(idsOf(second.tasks), 'actions with tasks after the retry').to.deep.equal(idsOf(goal.actions));
        expect(second.tasks, 'tasks from before the retry').to.include.deep.members([...first.tasks]);
      },
      AT_A_TIME,
      CASES / ACTIONS,
    );
    console.log(`      ${judged} of ${goals} goals judged; this machine held the others up`);
    expect(judged).to.be.above(0);
  });
});
