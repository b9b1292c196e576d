import { ServiceError, validationError } from './errors.ts';
import { STATUSES, type Status } from './store.ts';

/** The fields of a request. */
export type Body = Readonly<Record<string, unknown>>;

const MAX_ARN_LENGTH = 256;
const MAX_NAME_LENGTH = 80;
const MAX_INPUT_BYTES = 262_144;
const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;

/** White space, brackets, wildcards, special and control characters (the API reference of StartExecution). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a name
const FORBIDDEN_IN_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udfff]/;

const STATES_ARN = /^arn:[\w-]+:states:[\w-]+:\d{12}:(\w+):(.+)$/;

/** Reads an optional text field. */
export function optionalText(body: Body, field: string, maxLength: number): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') {
    throw new ServiceError('SerializationException', `${field} must be a string`);
  }
  if (value.length > maxLength) throw validationError(field, value, `have length less than or equal to ${maxLength}`);
  return value;
}

/** Reads an ARN of this service whose resource has the given type. */
export function arn(body: Body, field: string, type: 'execution' | 'stateMachine'): string {
  const value = optionalText(body, field, MAX_ARN_LENGTH);
  if (value === undefined) throw validationError(field, value, 'not be null');
  if (!value.startsWith('arn:')) throw new ServiceError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${value}'`);
  const [, resourceType] = STATES_ARN.exec(value) ?? [];
  if (resourceType !== type) {
    throw new ServiceError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${resourceType}'`);
  }
  return value;
}

/** Reads the name of an execution. */
export function executionName(body: Body): string | undefined {
  const name = optionalText(body, 'name', Number.POSITIVE_INFINITY);
  if (name === undefined) return undefined;
  if (name.length < 1 || name.length > MAX_NAME_LENGTH || FORBIDDEN_IN_NAME.test(name)) {
    throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
  }
  return name;
}

/** Reads an execution's input: JSON text. `{}` when there is none. */
export function executionInput(body: Body): string {
  const input = optionalText(body, 'input', Number.POSITIVE_INFINITY) ?? '{}';
  if (Buffer.byteLength(input) > MAX_INPUT_BYTES)
    throw invalidInput(`The input is longer than ${MAX_INPUT_BYTES} bytes.`);
  try {
    JSON.parse(input);
  } catch (error) {
    throw invalidInput(input === '' || !(error instanceof Error) ? 'Invalid execution input.' : error.message);
  }
  return input;
}

function invalidInput(reason: string): ServiceError {
  return new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
}

/** Reads `statusFilter`. `PENDING_REDRIVE` is known, and nothing here ever has it. */
export function statusFilter(body: Body): Status | 'PENDING_REDRIVE' | undefined {
  const value = optionalText(body, 'statusFilter', Number.POSITIVE_INFINITY);
  if (value === undefined || value === 'PENDING_REDRIVE') return value;
  const known = STATUSES.find((status) => status === value);
  if (known !== undefined) return known;
  const values = 'SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING';
  throw validationError('statusFilter', value, `satisfy enum value set: [${values}]`);
}

/** Reads `maxResults`: 0 means the default of 100. */
export function pageSize(body: Body): number {
  const value = body.maxResults ?? 0;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new ServiceError('SerializationException', 'maxResults must be an integer');
  }
  if (value < 0) throw validationError('maxResults', value, 'have value greater than or equal to 0');
  if (value > MAX_PAGE) throw validationError('maxResults', value, `have value less than or equal to ${MAX_PAGE}`);
  return value === 0 ? DEFAULT_PAGE : value;
}

/** Reads a flag. */
export function flag(body: Body, field: string, otherwise: boolean): boolean {
  const value = body[field] ?? otherwise;
  if (typeof value !== 'boolean') throw new ServiceError('SerializationException', `${field} must be a boolean`);
  return value;
}

/** A `nextToken` for a position in the list that `scope` describes; it is of no use for any other list. */
export function pageToken(scope: string, position: number): string {
  return Buffer.from(JSON.stringify([scope, position])).toString('base64url');
}

/** Reads `nextToken`. */
export function pagePosition(body: Body, scope: string): number | undefined {
  const token = optionalText(body, 'nextToken', 1024);
  if (token === undefined) return undefined;
  const value = parseToken(token);
  if (Array.isArray(value) && value[0] === scope && typeof value[1] === 'number') return value[1];
  throw new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
}

function parseToken(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined;
  }
}
