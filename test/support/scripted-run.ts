import sinon from 'sinon';
import { parseDefinition } from '../../local/aws/step-functions/engine/definition.ts';
import {
  type EngineEvent,
  type Json,
  type Machine,
  runDefinition,
} from '../../local/aws/step-functions/engine/engine.ts';
import { FUNCTION_OF_PLACEHOLDER, renderDefinition } from '../../statemachine/definition.ts';

/** The definition that is deployed, with an ARN for each function and topic. */
const definition = parseDefinition(
  JSON.parse(
    renderDefinition({
      ...FUNCTION_OF_PLACEHOLDER,
      AlertsTopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:alerts',
      NoticesTopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:notices',
    }).replaceAll(/"Resource":"([a-z-]+)"/g, '"Resource":"arn:aws:lambda:ap-northeast-1:123456789012:function:$1:1"'),
  ),
);

/** What a task fails with. */
export interface Failure {
  readonly error: string;
  readonly cause?: string;
}

/** One call of a task; `at` is in milliseconds of the run. */
export interface Call {
  readonly input: Json;
  readonly at: number;
}

/** The states' answers in a run of one action in which all goes well. */
const ANSWERS: Readonly<Record<string, Json>> = {
  ValidateInput: { executionArn: 'arn', goalId: 'g' },
  GetActions: { executionArn: 'arn', goalId: 'g' },
  CreateBatches: { executionArn: 'arn', goalId: 'g', batches: [[{ actionId: 'a', position: 0 }]] },
  UpdateGoalStatus: { next: 'SUCCEED' },
  HandleError: { next: 'NONE' },
};

/**
 * Runs the deployed definition with one action, in the engine, its tasks failing as a test says and answering at once
 * otherwise. The clock is a virtual one, so that waits take no time and are measured to the millisecond.
 * @param script what a call of a state fails with, if it fails; `attempt` counts the calls of that state from 1
 * @param answers of states, in place of those of a run in which all goes well
 * @returns the event that ended the execution, and the calls of each state
 */
export async function scriptedRun(
  script: (state: string, attempt: number) => Failure | undefined,
  answers: Readonly<Record<string, Json>> = {},
): Promise<{ end: EngineEvent | undefined; calls: ReadonlyMap<string, readonly Call[]> }> {
  const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const calls = new Map<string, Call[]>();
  let end: EngineEvent | undefined;
  const machine = (onEvent: Machine['onEvent']): Machine => ({
    context: {
      Execution: { Id: 'arn' },
      RootExecution: { Id: 'arn' },
      State: { EnteredTime: '2026-02-03T04:05:06Z', RetryCount: 0 },
    },
    onEvent,
    onNested: () => machine(() => {}),
    async onTask(state, _resource, input) {
      const before = calls.get(state) ?? [];
      calls.set(state, [...before, { input, at: clock.now }]);
      const failure = script(state, before.length + 1);
      if (failure !== undefined) throw Object.assign(new Error(failure.cause), { name: failure.error });
      return answers[state] ?? ANSWERS[state] ?? input;
    },
  });
  try {
    const outermost = machine((event) => {
      if (event.type.startsWith('Execution')) end = event;
    });
    runDefinition(definition, { goalId: 'g', userId: 'u', actionIds: ['a'] }, outermost, () => {});
    await clock.runAllAsync();
    return { end, calls };
  } finally {
    clock.restore();
  }
}
