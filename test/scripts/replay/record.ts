import { createStepFunctions, type HistoryEvent } from '../../../local/aws/step-functions/index.ts';
import { terraformPath } from '../../../local/stack.ts';
import { readTerraform } from '../../../local/terraform/stack-description.ts';
import { runOnVirtualClock } from '../../../scripts/replay/clock.ts';

/** What is deployed, as it is synthesized. */
export const { stateMachine } = readTerraform(terraformPath('dev'));

/** What becomes of each call, by state, or state and position (`SaveTasks@1`): an error, or `hangs`; then it is answered. */
export interface Plan {
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  /** What UpdateGoalStatus and HandleError say. */
  readonly next?: string;
  readonly callSeconds?: number;
  /** Of the longest waits with jitter, from 0 to 1. */
  readonly jitter?: number;
  /** After which it is stopped. */
  readonly stopAfterSeconds?: number;
}

const ACTIONS = [0, 1, 2].map((position) => ({ actionId: `action-${position}`, position }));
const BEGUN = Date.parse('2026-02-03T04:05:06.789Z');

/** What the functions answer; what is not here answers its input. */
const answers = (executionArn: string, next: string): Readonly<Record<string, unknown>> => ({
  CreateBatches: { executionArn, goalId: 'goal', batches: [ACTIONS.slice(0, 2), ACTIONS.slice(2)] },
  UpdateGoalStatus: { next, notification: { subject: 's', message: 'm', kind: 'k' } },
  HandleError: { next, notification: { subject: 's', message: 'm', kind: 'k' } },
});

const positionOf = (payload: unknown): unknown => {
  const { position, failure } = Object(payload);
  return position ?? Object(failure).position;
};

/** Runs three actions in two batches on the local engine. @returns the history as GetExecutionHistory has it */
export async function record({ calls = {}, next = 'SUCCEED', callSeconds = 0.2, jitter, stopAfterSeconds }: Plan = {}) {
  let history: readonly HistoryEvent[] = [];
  const made = new Map<string, number>();
  const stepFunctions = createStepFunctions({
    stateMachineArn: stateMachine.arn,
    aliasArns: [],
    definition: stateMachine.definition,
    timeScale: 1,
    onStatusChange: () => undefined,
    async invokeTask(_resource, payload, { executionArn, stateName }) {
      const ofAction = `${stateName}@${positionOf(payload)}`;
      const key = ofAction in calls ? ofAction : stateName;
      const nth = made.get(key) ?? 0;
      made.set(key, nth + 1);
      const result = calls[key]?.[nth];
      if (result === 'hangs') return new Promise(() => undefined);
      await new Promise<void>((resolve) => setTimeout(resolve, callSeconds * 1000));
      if (result !== undefined) throw Object.assign(new Error(`${result} of the test`), { name: result });
      return answers(executionArn, next)[stateName] ?? payload;
    },
  });
  const { executions } = stepFunctions;
  await runOnVirtualClock(
    BEGUN,
    () => {
      const input = JSON.stringify({
        goalId: 'goal',
        userId: 'user',
        actionIds: ACTIONS.map(({ actionId }) => actionId),
      });
      const { executionArn } = executions.start(stateMachine.arn, 'goal-1', input);
      if (stopAfterSeconds !== undefined)
        setTimeout(() => executions.stop(executionArn, 'ABORT', 'by the test'), stopAfterSeconds * 1000);
      return () => {
        history = executions.history(executionArn);
        return executions.running().includes(executionArn);
      };
    },
    jitter,
  );
  await executions.close();
  return history;
}
