import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ALIAS_ARN, startTestStack, taskError } from '../../local/step-functions/test-support.ts';
import { FUNCTION_OF_PLACEHOLDER, renderDefinition } from '../../statemachine/definition.ts';

/** The definition that is deployed, with an ARN for each function and topic. */
const definition: object = JSON.parse(
  renderDefinition({
    ...FUNCTION_OF_PLACEHOLDER,
    AlertsTopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:alerts',
    NoticesTopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:notices',
  }).replaceAll(/"Resource":"([a-z-]+)"/g, '"Resource":"arn:aws:lambda:ap-northeast-1:123456789012:function:$1:1"'),
);

/** One call of a task; times are milliseconds of `performance.now()`. */
export interface Call {
  readonly input: unknown;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What a task fails with. */
export interface Failure {
  readonly error: string;
  readonly cause?: string;
}

/** The states' answers in a run of one action in which all goes well. */
const ANSWERS: Readonly<Record<string, object>> = {
  ValidateInput: { executionArn: 'arn', goalId: 'g' },
  GetActions: { executionArn: 'arn', goalId: 'g' },
  CreateBatches: { executionArn: 'arn', goalId: 'g', batches: [[{ actionId: 'a', position: 0 }]] },
  UpdateGoalStatus: { next: 'SUCCEED' },
  HandleError: { next: 'NONE' },
};

/**
 * Runs the deployed definition with one action, in the real engine, its tasks failing as a test says.
 * @param script what the call of a state fails with, if it fails; `attempt` counts from 1
 * @param answers of states, in place of those of a run in which all goes well
 * @returns how the execution ended, and the calls of each state
 */
export async function scriptedRun(
  script: (state: string, attempt: number) => Failure | undefined,
  { timeScale = 0.01, answers = {} }: { timeScale?: number; answers?: Readonly<Record<string, object>> } = {},
): Promise<{ status: string; error: unknown; calls: ReadonlyMap<string, readonly Call[]> }> {
  const calls = new Map<string, Call[]>();
  const stack = await startTestStack({
    definition,
    timeScale,
    invokeTask: async (_resource, input, { stateName }) => {
      const before = calls.get(stateName) ?? [];
      const startedAt = performance.now();
      const failure = script(stateName, before.length + 1);
      calls.set(stateName, [...before, { input, startedAt, endedAt: performance.now() }]);
      if (failure !== undefined) throw taskError(failure.error, failure.cause ?? '');
      return answers[stateName] ?? ANSWERS[stateName] ?? input;
    },
  });
  try {
    const input = JSON.stringify({ goalId: 'g', userId: 'u', actionIds: ['a'] });
    const { executionArn } = await stack.client.send(new StartExecutionCommand({ stateMachineArn: ALIAS_ARN, input }));
    const { detail } = await stack.end(executionArn);
    return { status: detail.status, error: Reflect.get(detail, 'error'), calls };
  } finally {
    await stack.close();
  }
}
