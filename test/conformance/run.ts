import { randomUUID } from 'node:crypto';
import { signIn } from '../support/stack.ts';
import type { Engine } from './engine.ts';
import { type Observation, observe } from './observe.ts';
import { CANCEL_REASON, type Plan, type Scenario } from './scenarios.ts';
import type { Script } from './scripts.ts';

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

/** Runs a scenario to its end. @param again makes it a run of its own, when the same engine has run it before */
export async function run(engine: Engine, scenario: Plan, again = ''): Promise<Observation> {
  const user = await signIn(engine.stack.url, `user-${randomUUID()}`);
  const titles = Array.from({ length: scenario.actions }, (_, position) => titleOf(scenario, position) + again);
  for (const [position, title] of titles.entries()) {
    engine.ai.plan(title, (call) => scenario.ai?.(position, call) ?? {});
  }
  const { goalId } = await user.createGoal(titles);
  const { cancelIn } = scenario;
  const held = cancelIn && hold(scenario.script, cancelIn, isOfAction(cancelIn) ? scenario.actions : 1);
  const script = held ? held.script : scenario.script;
  if (script !== undefined) engine.scripts.set(goalId, script);
  const { status, body } = await user.start(goalId);
  if (status !== 202) throw new Error(`the start of ${scenario.name} was answered ${status}`);
  const { executionArn } = body;
  if (held) {
    await held.reached;
    const cancelled = await user.cancel(executionArn, CANCEL_REASON);
    if (cancelled.status !== 200) throw new Error(`the cancel of ${scenario.name} was answered ${cancelled.status}`);
    held.release();
  }
  await engine.told(executionArn);
  await user.waitForEnd(executionArn);
  return observe(engine, goalId, executionArn);
}

/** Goals in work at a time: a dozen users. */
const AT_ONCE = 12;
const WARM_UP: Plan = { name: 'warm-up', actions: 8 };

/** Runs scenarios, several at a time, in their order. */
export async function runAll(
  engine: Engine,
  scenarios: readonly Scenario[],
): Promise<Map<Scenario, PromiseSettledResult<Observation>>> {
  // What is called for the first time is slow, and a step has 30 s: here, some 2 s.
  await run(engine, WARM_UP);
  const results = new Map<Scenario, PromiseSettledResult<Observation>>();
  const waiting = scenarios.values();
  const lane = async () => {
    for (const scenario of waiting) {
      const [result] = await Promise.allSettled([run(engine, scenario)]);
      if (result !== undefined) results.set(scenario, result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}
