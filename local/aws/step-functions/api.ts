import { AwsError, type AwsService, jsonAnswer, jsonError } from '../endpoint.ts';
import type { Outages } from '../outages.ts';
import { withoutExecutionData } from './engine/history.ts';
import type { Executions } from './executions.ts';
import { redrive } from './status-event.ts';

type Body = Readonly<Record<string, unknown>>;

const MAX_INPUT_BYTES = 262_144;
const LONGEST_PAGE = 1000;
const DEFAULT_PAGE = 100;

/** 1 to 80 characters without white space, brackets, wildcards, special and control characters (API reference of StartExecution). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a name
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]{1,80}$/;

const OPERATIONS: Readonly<Record<string, (executions: Executions, body: Body) => object>> = {
  StartExecution(executions, body) {
    const name = text(body, 'name');
    if (name !== undefined && !NAME.test(name)) throw new AwsError(400, 'InvalidName', `Invalid Name: '${name}'`);
    const input = text(body, 'input') ?? '{}';
    if (Buffer.byteLength(input) > MAX_INPUT_BYTES || !isJson(input)) {
      const reason = `It is not JSON of at most ${MAX_INPUT_BYTES} bytes`;
      throw new AwsError(400, 'InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
    }
    const { executionArn, startDate } = executions.start(text(body, 'stateMachineArn') ?? '', name, input);
    return { executionArn, startDate: startDate / 1000 };
  },

  StopExecution(executions, body) {
    const { stopDate } = executions.stop(executionArn(body), text(body, 'error', 256), text(body, 'cause', 32_768));
    return { stopDate: seconds(stopDate) };
  },

  DescribeExecution(executions, body) {
    const { startDate, stopDate, stateEntries, ...record } = executions.describe(executionArn(body));
    return {
      ...record,
      stateMachineArn: record.executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]+$/, ''),
      startDate: seconds(startDate),
      stopDate: seconds(stopDate),
      inputDetails: { included: true },
      outputDetails: record.output === undefined ? undefined : { included: true },
      redriveCount: 0,
      ...redrive(record.status),
    };
  },

  GetExecutionHistory(executions, body) {
    const known = executions.history(executionArn(body));
    const { maxResults = 0 } = body;
    if (typeof maxResults !== 'number' || maxResults < 0 || maxResults > LONGEST_PAGE) {
      throw invalid(`maxResults must be from 0 to ${LONGEST_PAGE}`);
    }
    const start = Number(text(body, 'nextToken') ?? 0);
    const end = start + (maxResults || DEFAULT_PAGE);
    const events = known.slice(start, end);
    return {
      events: body.includeExecutionData === false ? events.map(withoutExecutionData) : events,
      nextToken: end < known.length ? String(end) : undefined,
    };
  },
};

/** What callers of the API meet. */
export interface ApiOptions {
  /** Default: a service that always works. */
  readonly outages?: Outages | undefined;
  /** Is told the operation of each call that was throttled. */
  readonly onThrottled?: ((operation: string) => void) | undefined;
}

/** Step Functions' API, over AWS JSON 1.0. */
export function createApi(executions: Executions, { outages, onThrottled }: ApiOptions): AwsService {
  return {
    async answer({ request, body }) {
      const target = String(request.headers['x-amz-target']);
      const name = target.replace(/^AWSStepFunctions\./, '');
      const operation = OPERATIONS[name];
      if (operation === undefined) {
        throw new AwsError(400, 'UnknownOperationException', `The local stack does not know the operation ${target}`);
      }
      const carryOut = () => jsonAnswer(operation(executions, JSON.parse(body.toString())));
      if (outages === undefined) return carryOut();
      try {
        return await outages.meet(carryOut);
      } catch (error) {
        if (error instanceof AwsError && error.name === THROTTLED) onThrottled?.(name);
        throw error;
      }
    },
    refuse: jsonError,
  };
}

const invalid = (message: string) => new AwsError(400, 'ValidationException', message);

/** Reads an optional text field. */
function text(body: Body, field: string, maxLength = Number.POSITIVE_INFINITY): string | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalid(`${field} must be a string`);
  if (value.length > maxLength) throw invalid(`${field} must have length less than or equal to ${maxLength}`);
  return value;
}

function executionArn(body: Body): string {
  const arn = text(body, 'executionArn') ?? '';
  if (/^arn:[\w-]+:states:[\w-]+:\d{12}:execution:/.test(arn)) return arn;
  throw new AwsError(400, 'InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${arn}'`);
}

function isJson(input: string): boolean {
  try {
    JSON.parse(input);
    return true;
  } catch {
    return false;
  }
}

const seconds = (milliseconds: number | undefined) => milliseconds && milliseconds / 1000;

const THROTTLED = 'ThrottlingException';

/** What the API answers in an outage (API reference, "Common Errors"). */
export const OUTAGE_ERRORS = {
  throttled: () => new AwsError(400, THROTTLED, 'Rate exceeded'),
  failed: () => new AwsError(500, 'InternalFailure', 'The request processing has failed because of an unknown error'),
};
