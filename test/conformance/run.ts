import { randomUUID } from 'node:crypto';
import { signIn } from '../support/stack/stack.ts';
import { expectPromises } from './compare.ts';
import { mend } from './differences.ts';
import type { Engine } from './engine/engine.ts';
import type { Script } from './engine/scripts.ts';
import { observe } from './observe.ts';
import { CANCEL_REASON, type Plan, SAVED, type Scenario } from './scenarios/scenario.ts';

/** Lets the calls fail that a plan says, but for those that the AI makes fail. */
const scriptOf =
  ({ calls = {}, ai = {}, script }: Plan): Script =>
  (call) => {
    if (script !== undefined) return script(call);
    const { state, position = -1, attempt } = call;
    if (state === 'GenerateTasks' && ai[position] !== undefined) return undefined;
    const error = (calls[`${state}@${position}`] ?? calls[state])?.[attempt - 1] ?? 'ok';
    if (error === 'States.Timeout') return { hangs: true };
    return error === 'ok' || error === 'open' ? undefined : { error };
  };

/** Holds the first call of a state, for each action. @returns a promise for the moment when all of them are there */
function hold(script: Script, state: string, count: number) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let held = 0;
  const holding: Script = (call) => {
    if (call.state !== state || call.attempt > 1) return script(call);
    return {
      by: async (make) => {
        held += 1;
        if (held === count) reached.resolve();
        await released.promise;
        return make();
      },
    };
  };
  return { script: holding, reached: reached.promise, release: released.resolve };
}

/**
 * Runs a plan to its end.
 * @returns what became of it without the known differences of the engine, those that it showed, and its history
 */
export async function run(engine: Engine, plan: Plan) {
  const { name, actions, ai = {}, cancelIn } = plan;
  const user = await signIn(engine.stack.url, `user-${randomUUID()}`);
  const titles = Array.from({ length: actions }, (_, position) => `Walk ${position} of ${name}`);
  for (const [position, title] of titles.entries()) engine.ai.plan(title, () => ai[position] ?? {});
  const { goalId } = await user.createGoal(titles);
  const script = scriptOf(plan);
  const held = cancelIn && hold(script, cancelIn, SAVED.includes(cancelIn) ? actions : 1);
  engine.scripts.set(goalId, held ? held.script : script);
  const { status, body } = await user.start(goalId);
  if (status !== 202) throw new Error(`the start of ${name} was answered ${status}`);
  const { executionArn } = body;
  if (held) {
    await Promise.race([held.reached, engine.told(executionArn)]);
    const cancelled = await user.cancel(executionArn, CANCEL_REASON);
    if (cancelled.status !== 200) throw new Error(`the cancel of ${name} was answered ${cancelled.status}`);
    held.release();
  }
  await engine.told(executionArn);
  await user.waitForEnd(executionArn);
  const observed = await observe(engine, goalId, executionArn);
  const history = await engine.history(executionArn);
  return { history, ...(engine.second === undefined ? { observed, seen: [] } : mend(observed, plan)) };
}

/** What became of a scenario, or why that is not known. */
export type Result = PromiseSettledResult<Awaited<ReturnType<typeof run>>>;

/** @throws why it is not known */
export function foundOf(result: Result | undefined) {
  if (result?.status !== 'fulfilled') throw result?.reason ?? new Error('it was not run');
  return result.value;
}

/** Goals in work at a time: a dozen users. */
const AT_ONCE = 12;
/** What is called for the first time is slow, and a step has 30 s: here, some 2 s. */
const WARM_UP: Plan = { name: 'warm-up', actions: 8 };

/**
 * Runs scenarios, several at a time, in their order. One that does not do what is promised is run once more, by itself, and says
 * so: a machine that is busy with a dozen of them may hold a call up until its state gives it up.
 */
export async function runAll(engine: Engine, scenarios: readonly Scenario[]): Promise<Map<Scenario, Result>> {
  await run(engine, WARM_UP);
  const results = new Map<Scenario, Result>();
  const settle = async (scenario: Scenario) => {
    const [result] = await Promise.allSettled([run(engine, scenario)]);
    results.set(scenario, result);
  };
  const waiting = scenarios.values();
  const lane = async () => {
    for (const scenario of waiting) await settle(scenario);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  for (const [scenario, result] of [...results]) {
    try {
      expectPromises(scenario, foundOf(result).observed);
    } catch (failure) {
      const why = failure instanceof Error ? failure.message : failure;
      console.log(`      once more, by itself: ${scenario.name} (${why})`);
      await settle(scenario);
    }
  }
  return results;
}
