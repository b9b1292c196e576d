import { randomUUID } from 'node:crypto';
import { signIn } from '../support/stack/stack.ts';
import type { Engine } from './engine/engine.ts';
import type { Script } from './engine/scripts.ts';
import { type Observation, observe } from './observe.ts';
import { CANCEL_REASON, type Plan, type Scenario } from './scenarios/scenario.ts';

const titleOf = (scenario: Plan, position: number) => `Walk ${position} of ${scenario.name}`;

/** Holds the first call of a state, for each action. @returns a promise for the moment when all of them are there */
function hold(script: Script | undefined, state: string, count: number) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let held = 0;
  const holding: Script = (call) => {
    if (call.state !== state || call.attempt > 1) return script?.(call);
    return {
      after: () => {
        held += 1;
        if (held === count) reached.resolve();
        return released.promise;
      },
    };
  };
  return { script: holding, reached: reached.promise, release: released.resolve };
}

const isOfAction = (state: string) => ['GenerateTasks', 'SaveTasks'].includes(state);

/** Runs a scenario to its end. */
export async function run(engine: Engine, scenario: Plan): Promise<Observation> {
  const user = await signIn(engine.stack.url, `user-${randomUUID()}`);
  const titles = Array.from({ length: scenario.actions }, (_, position) => titleOf(scenario, position));
  for (const [position, title] of titles.entries()) engine.ai.plan(title, () => scenario.ai?.(position) ?? {});
  const { goalId } = await user.createGoal(titles);
  const { cancelIn } = scenario;
  const held = cancelIn && hold(scenario.script, cancelIn, isOfAction(cancelIn) ? scenario.actions : 1);
  const script = held ? held.script : scenario.script;
  if (script !== undefined) engine.scripts.set(goalId, script);
  const { status, body } = await user.start(goalId);
  if (status !== 202) throw new Error(`the start of ${scenario.name} was answered ${status}`);
  const { executionArn } = body;
  if (held) {
    await Promise.race([held.reached, engine.told(executionArn)]);
    const cancelled = await user.cancel(executionArn, CANCEL_REASON);
    if (cancelled.status !== 200) throw new Error(`the cancel of ${scenario.name} was answered ${cancelled.status}`);
    held.release();
  }
  await engine.told(executionArn);
  await user.waitForEnd(executionArn);
  return observe(engine, goalId, executionArn);
}

/** What became of a scenario: an observation, or why there is none. */
export type Result = PromiseSettledResult<Observation>;

/** Goals in work at a time: a dozen users. */
const AT_ONCE = 12;
/** What is called for the first time is slow, and a step has 30 s: here, some 2 s. */
const WARM_UP: Plan = { name: 'warm-up', actions: 8 };

/**
 * Runs scenarios, several at a time, in their order. One that is not `fine` is run once more, by itself, and says so: a machine
 * that is busy with a dozen of them may hold a call up until its state gives it up.
 */
export async function runAll(
  engine: Engine,
  scenarios: readonly Scenario[],
  fine: (scenario: Scenario, result: Result) => void,
): Promise<Map<Scenario, Result>> {
  await run(engine, WARM_UP);
  const results = new Map<Scenario, Result>();
  const settle = async (scenario: Scenario) => {
    const [result] = await Promise.allSettled([run(engine, scenario)]);
    results.set(scenario, result);
    return result;
  };
  const waiting = scenarios.values();
  const lane = async () => {
    for (const scenario of waiting) await settle(scenario);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  for (const [scenario, result] of [...results]) {
    try {
      fine(scenario, result);
    } catch (failure) {
      const why = failure instanceof Error ? failure.message : failure;
      console.log(`      once more, by itself: ${scenario.name} (${why})`);
      await settle(scenario);
    }
  }
  return results;
}
