import {
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { startEndpoint } from '../../../local/aws/endpoint.ts';
import {
  createStepFunctions,
  type StatusEvent,
  type StepFunctionsOptions,
} from '../../../local/aws/step-functions/index.ts';
import { clientConfig } from '../../support/stack/endpoints.ts';
import { until } from '../../support/until.ts';

export const STATE_MACHINE_ARN = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:workflow';
export const FUNCTION_ARN = 'arn:aws:lambda:ap-northeast-1:123456789012:function:work:1';

type TestOptions = Partial<StepFunctionsOptions> & Pick<StepFunctionsOptions, 'definition'>;

/** A started Step Functions with the real SDK client in front of it. */
async function startTestStack(options: TestOptions) {
  const events: StatusEvent[] = [];
  const stepFunctions = createStepFunctions({
    stateMachineArn: STATE_MACHINE_ARN,
    aliasArns: [],
    timeScale: 1,
    invokeTask: async (_resource, payload) => payload,
    ...options,
    onStatusChange: async (event) => {
      await options.onStatusChange?.(event);
      events.push(event);
    },
  });
  const endpoint = await startEndpoint({ states: stepFunctions.service });
  const client = new SFNClient(clientConfig(endpoint.url));
  return {
    stepFunctions,
    client,
    /** Those that were delivered. */
    events,
    async start(input: unknown = {}): Promise<string> {
      const request = { stateMachineArn: STATE_MACHINE_ARN, name: 'goal-1', input: JSON.stringify(input) };
      return (await client.send(new StartExecutionCommand(request))).executionArn ?? '';
    },
    /** Waits for the event of an execution's end. */
    end: (executionArn: string) =>
      until(() => events.some(({ detail }) => detail.executionArn === executionArn && detail.status !== 'RUNNING')),
    async history(executionArn: string): Promise<HistoryEvent[]> {
      const found: HistoryEvent[] = [];
      for await (const { events = [] } of paginateGetExecutionHistory({ client, pageSize: 1000 }, { executionArn }))
        found.push(...events);
      return found;
    },
    async close() {
      client.destroy();
      await endpoint.close();
      await stepFunctions.executions.close();
    },
  };
}

/** Step Functions for the tests of one describe block: one at a time, closed after each test. */
export function useStepFunctions() {
  let stack: Awaited<ReturnType<typeof startTestStack>> | undefined;
  const close = async () => {
    await stack?.close();
    stack = undefined;
  };
  afterEach(close);

  /** Closes the one before. */
  async function open(options: TestOptions) {
    await close();
    stack = await startTestStack(options);
    return stack;
  }

  return {
    open,
    /** Runs an execution to its end. */
    async run(options: TestOptions, input?: unknown) {
      const { client, start, end, history } = await open(options);
      const executionArn = await start(input);
      await end(executionArn);
      const description = await client.send(new DescribeExecutionCommand({ executionArn }));
      return { description, events: await history(executionArn) };
    },
  };
}

/** A task, the last state unless its fields say otherwise. */
export const task = (fields: object = { End: true }): object => ({ Type: 'Task', Resource: FUNCTION_ARN, ...fields });

/** A definition that begins with its first state. */
export const machine = (states: Record<string, object>): object => ({
  StartAt: Object.keys(states)[0],
  States: states,
});

/** An error as a task throws it. */
export function taskError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** The events in one line each, for comparison: `type name`. */
export function outline(events: readonly HistoryEvent[]): string[] {
  return events.map(({ type, stateEnteredEventDetails, stateExitedEventDetails }) =>
    [type, stateEnteredEventDetails?.name ?? stateExitedEventDetails?.name].filter(Boolean).join(' '),
  );
}
