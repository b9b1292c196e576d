import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
} from '@aws-sdk/client-sfn';
import type { Outages } from '../../../local/aws/outages.ts';
import {
  type InvokeTask,
  type StatusEvent,
  type StepFunctions,
  startStepFunctions,
} from '../../../local/aws/step-functions/index.ts';

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

export interface TestOptions {
  readonly definition: object;
  readonly invokeTask?: InvokeTask;
  readonly timeScale?: number;
  readonly dataDir?: string;
  readonly onStatusChange?: (event: StatusEvent) => Promise<void> | void;
  readonly outages?: Outages;
  readonly isWholeSecond?: () => boolean;
}

export async function startTestStack(options: TestOptions): Promise<TestStack> {
  const events: StatusEvent[] = [];
  const waiting = new Map<string, (event: StatusEvent) => void>();
  const stepFunctions = await startStepFunctions({
    stateMachineArn: STATE_MACHINE_ARN,
    aliasArns: [ALIAS_ARN],
    definition: options.definition,
    timeScale: options.timeScale ?? 1,
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
    ...(options.outages === undefined ? {} : { outages: options.outages }),
    ...(options.isWholeSecond === undefined ? {} : { isWholeSecond: options.isWholeSecond }),
    invokeTask: options.invokeTask ?? (async (_resource, payload) => payload),
    onStatusChange: async (event) => {
      await options.onStatusChange?.(event);
      events.push(event);
      if (event.detail.status !== 'RUNNING') waiting.get(event.detail.executionArn)?.(event);
    },
  });
  const client = new SFNClient({
    endpoint: stepFunctions.url,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
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
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }));
        events.push(...(page.events ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return events;
    },
    async close() {
      client.destroy();
      await stepFunctions.close();
    },
  };
}

/** Describes an execution through the SDK. */
export function describeExecution(stack: TestStack, executionArn: string | undefined) {
  return stack.client.send(new DescribeExecutionCommand({ executionArn }));
}

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

/** Resolves when the condition holds; checks on every turn of the event loop, and gives up after `limitMs`. */
export async function until(condition: () => boolean, limitMs = 5000): Promise<void> {
  const giveUpAt = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error(`Nothing came within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
