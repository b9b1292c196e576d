import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describeError } from '../errors.ts';
import { classify } from './boundary.ts';
import { createClient } from './clients.ts';
import { executionArnFor } from './execution-arn.ts';

/** What Step Functions says of an execution. */
export interface Description {
  readonly status: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** As it was sent with StartExecution. */
  readonly input?: string | undefined;
  readonly startedAt?: Date | undefined;
}

/** The Step Functions calls that this project makes. */
export interface Workflow {
  /** ARN that an execution of this name has, known before it is started. */
  executionArnOf(name: string): string;
  /**
   * Starts an execution, or finds that the same one is running.
   * @returns `started`; `exists` when the name is taken by an ended execution (or by other input)
   * @throws TransientError when it may not have been started, PermanentError when it was refused for good
   */
  start(name: string, input: object): Promise<'started' | 'exists'>;
  /** Undefined when there is no such execution. */
  describe(executionArn: string): Promise<Description | undefined>;
  /** Stops an execution; one that has ended or never began counts as stopped. */
  stop(executionArn: string, error: string, cause: string): Promise<void>;
}

/**
 * What a call gives, or an answer in its place when it is refused by this name.
 * @throws TransientError, PermanentError
 */
async function unless<Result, Answer>(refusal: string, answer: Answer, call: () => Promise<Result>) {
  try {
    return await call();
  } catch (thrown) {
    if (describeError(thrown).name === refusal) return answer;
    throw classify(thrown);
  }
}

export const createWorkflowClient = () => createClient(SFNClient);

/** @param stateMachineArn the alias's ARN */
export function createWorkflow(
  stateMachineArn: string,
  client: Pick<SFNClient, 'send'> = createWorkflowClient(),
): Workflow {
  return {
    executionArnOf: (name) => executionArnFor(stateMachineArn, name),
    start: (name, input) =>
      unless('ExecutionAlreadyExists', 'exists' as const, async () => {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return 'started' as const;
      }),
    describe: (executionArn) =>
      unless('ExecutionDoesNotExist', undefined, async () => {
        const found = await client.send(new DescribeExecutionCommand({ executionArn }));
        const { status = 'RUNNING', error, cause, input, startDate: startedAt } = found;
        return { status, error, cause, input, startedAt };
      }),
    stop: (executionArn, error, cause) =>
      unless('ExecutionDoesNotExist', undefined, async () => {
        await client.send(new StopExecutionCommand({ executionArn, error, cause }));
      }),
  };
}

/** The most that an execution can have: Step Functions ends it there. */
const MAX_EVENTS = 25_000;
/** The most that a page can have. */
const EVENTS_PER_PAGE = 1_000;

/**
 * Reads all events of an execution so far, oldest first, without inputs and outputs.
 * @param signal gives up when it is aborted
 * @returns undefined when there is no such execution, or none any more: Step Functions forgets 90 days after the end
 * @throws TransientError when it is asked too often, an error of whatever class when it is given up
 */
export function readHistory(
  executionArn: string,
  client: Pick<SFNClient, 'send'>,
  signal: AbortSignal,
): Promise<HistoryEvent[] | undefined> {
  return unless('ExecutionDoesNotExist', undefined, async () => {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const options = { maxResults: EVENTS_PER_PAGE, includeExecutionData: false };
      const request = new GetExecutionHistoryCommand({ executionArn, nextToken, ...options });
      const page = await client.send(request, { abortSignal: signal });
      events.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined && events.length < MAX_EVENTS);
    return events;
  });
}
