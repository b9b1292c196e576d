import type { Database } from '@goal-activity/core/aws/database.ts';
import { type Prices, priced } from '@goal-activity/core/execution/cost.ts';
import { ASSUMED_CALL_SECONDS, wavesOf } from '@goal-activity/core/execution/estimate.ts';
import { listActions } from '@goal-activity/core/goal/rows.ts';
import { isMade, listTaskStates } from '@goal-activity/core/goal/tasks.ts';
import type { Taken } from '@goal-activity/core/pace/pace.ts';
import { ownGoal } from './goals.ts';

/** What is taken for usual before any execution of the stage has saved an action: tokens as the sample goal of `make demo` takes. */
const TYPICAL = { inputTokens: 900, outputTokens: 300, waveMs: 1_000 * ASSUMED_CALL_SECONDS } as const;

/** The model in use and what it costs. */
export interface Model {
  readonly modelId: string;
  readonly prices: Prices;
}

/** How many actions a start would run: those without tasks that an execution made; none of an active goal. */
async function countWaiting(db: Database, goalId: string, userId: string): Promise<number> {
  const { status } = await ownGoal(db, goalId, userId);
  if (status === 'active') return 0;
  const [actions, tasks] = await Promise.all([listActions(db, goalId), listTaskStates(db, goalId)]);
  const made = new Set(tasks.filter(isMade).map(({ actionId }) => actionId));
  return actions.filter(({ actionId }) => !made.has(actionId)).length;
}

/**
 * What a start of a goal would cost and how long it would take (docs/openapi.yaml, `estimateGoal`), by what the last
 * executions of the stage took.
 * @throws Problem goal_not_found
 */
export async function estimateGoal(
  db: Database,
  { goalId, userId }: { goalId: string; userId: string },
  recently: Promise<Omit<Taken, 'actionMs'> | undefined>,
  { modelId, prices }: Model,
) {
  const [actions, recent] = await Promise.all([countWaiting(db, goalId, userId), recently]);
  const { inputTokens, outputTokens, waveMs } = recent ?? TYPICAL;
  const usage = { aiCalls: actions, inputTokens: actions * inputTokens, outputTokens: actions * outputTokens };
  return {
    actions,
    usd: priced(usage, prices).estimatedUsd,
    seconds: Math.ceil((wavesOf(actions) * waveMs) / 1000),
    modelId,
    inputTokensPerAction: inputTokens,
    outputTokensPerAction: outputTokens,
    inputUsdPerMillionTokens: prices.input,
    outputUsdPerMillionTokens: prices.output,
    basis: recent === undefined ? ('typical' as const) : ('recent_runs' as const),
  };
}
