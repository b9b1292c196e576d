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
  type StepFunctions,
  type StepFunctionsOptions,
} from '../../../local/aws/step-functions/index.ts';
import { clientConfig } from '../aws/clients.ts';

export const STATE_MACHINE_ARN = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:workflow';
export const ALIAS_ARN = `${STATE_MACHINE_ARN}:live`;
export const FUNCTION_ARN = 'arn:aws:lambda:ap-northeast-1:123456789012:function:work:1';

/** A started Step Functions with the real SDK client in front of it. */
export interface TestStack {
  readonly stepFunctions: StepFunctions;
  readonly client: SFNClient;
  readonly events: StatusEvent[];
  /** Resolves with the status event that ended the execution. */
  end(executionArn: string | undefined): Promise<StatusEvent>;
  history(executionArn: string | undefined): Promise<HistoryEvent[]>;
  close(): Promise<void>;
}

export type TestOptions = Partial<StepFunctionsOptions> & Pick<StepFunctionsOptions, 'definition'>;

export async function startTestStack(options: TestOptions): Promise<TestStack> {
  const events: StatusEvent[] = [];
  const waiting = new Map<string, (event: StatusEvent) => void>();
  const stepFunctions = createStepFunctions({
    stateMachineArn: STATE_MACHINE_ARN,
    aliasArns: [ALIAS_ARN],
    timeScale: 1,
    invokeTask: async (_resource, payload) => payload,
    ...options,
    onStatusChange: async (event) => {
      await options.onStatusChange?.(event);
      events.push(event);
      if (event.detail.status !== 'RUNNING') waiting.get(event.detail.executionArn)?.(event);
    },
  });
  const endpoint = await startEndpoint({ states: stepFunctions.service });
  const client = new SFNClient(clientConfig(endpoint.url));
  return {
    stepFunctions,
    client,
    events,
    end(executionArn = '') {
      const known = events.find(({ detail }) => detail.executionArn === executionArn && detail.status !== 'RUNNING');
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiting.set(executionArn, resolve));
    },
    async history(executionArn) {
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

/** Describes an execution through the SDK. */
export function describeExecution(stack: TestStack, executionArn: string | undefined) {
  return stack.client.send(new DescribeExecutionCommand({ executionArn }));
}

/** Step Functions for the tests of one describe block: one at a time, closed after each test. */
export function useStepFunctions() {
  let stack: TestStack | undefined;
  afterEach(async () => {
    await stack?.close();
    stack = undefined;
  });

  /** Closes the one before. */
  async function open(options: TestOptions): Promise<TestStack> {
    await stack?.close();
    stack = undefined;
    stack = await startTestStack(options);
    return stack;
  }

  async function start(options: TestOptions, input: unknown = {}, name = 'goal-1') {
    const opened = await open(options);
    const { executionArn = '' } = await opened.client.send(
      new StartExecutionCommand({ stateMachineArn: ALIAS_ARN, name, input: JSON.stringify(input) }),
    );
    return { stack: opened, executionArn };
  }

  return {
    open,
    start,
    /** Runs an execution to its end. */
    async run(options: TestOptions, input?: unknown) {
      const started = await start(options, input);
      const { detail } = await started.stack.end(started.executionArn);
      const { stack, executionArn } = started;
      const [description, events] = [await describeExecution(stack, executionArn), await stack.history(executionArn)];
      return { ...started, detail, description, events };
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
