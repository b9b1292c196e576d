import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { classify, idsOf, invalidPlaces, parse, type Validator } from '../aws/boundary.ts';
import { type InvocationContext, underDeadline } from '../aws/deadline.ts';
import { isExecutionArnOf } from '../aws/execution-arn.ts';
import { executionNotFound, type InvalidField, Problem } from '../errors.ts';
import { errorFields, type Log, type LogFields, withFields } from '../log/logger.ts';
import * as validators from '../validators.generated.js';

/** A request that passed the JWT authorizer. */
export interface HttpRequest {
  /** `METHOD /path/{template}` */
  readonly routeKey: string;
  /** The token's subject. */
  readonly userId: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON; undefined when there is none. Throws a Problem for anything that is not JSON. */
  readonly body: () => unknown;
}

export interface HttpAnswer {
  readonly status: number;
  /** An object is sent as JSON, a text as it is, under the `content-type` of `headers`. Left out where there is no content (204, 304). */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readBody(body: string | null | undefined, isBase64Encoded: boolean | null | undefined): unknown {
  if (body === undefined || body === null || body === '') return undefined;
  try {
    const text = isBase64Encoded ? utf8.decode(Buffer.from(body, 'base64')) : body;
    // JSON can write it as \ufffd, so by itself it is what the gateway made of bytes that are not UTF-8.
    if (text.includes('\ufffd')) throw new TypeError('The body is not UTF-8');
    return JSON.parse(text);
  } catch (cause) {
    const detail = 'Send a JSON body in UTF-8 with content-type application/json.';
    throw new Problem(400, 'invalid_json', 'The body is not JSON', detail, { cause });
  }
}

/** The name of a field or parameter that is not known, as the end of its JSON pointer; empty for any other error. */
function unknownName(error: NonNullable<Validator<unknown>['errors']>[number] | undefined): string {
  if (error?.keyword !== 'additionalProperties') return '';
  const name = String(Reflect.get(Object(error.params), 'additionalProperty'))
    .slice(0, 100)
    .toWellFormed();
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * Checks what a caller sent.
 * @throws Problem 422 `invalid_request`, naming each invalid place and what is not known, never a value
 */
export function parseRequest<T>(validator: Validator<T>, data: unknown): T {
  if (validator(data)) return data;
  const errors = invalidPlaces(validator)
    .slice(0, 20)
    .map(({ path, message }, index) => ({ path: path + unknownName(validator.errors?.[index]), message }));
  throw invalidRequest(errors);
}

const invalidRequest = (errors: readonly InvalidField[]) =>
  new Problem(422, 'invalid_request', 'The request is invalid', 'See errors for what to change.', { errors });

/** Refuses one value of a request, by its name, where a schema cannot say what is wrong. */
export const invalidField = (name: string, message: string) => invalidRequest([{ path: `/${name}`, message }]);

const bodyOf = (body: object | string) => (typeof body === 'string' ? body : JSON.stringify(body));

function problemAnswer(problem: Problem): APIGatewayProxyStructuredResultV2 {
  const { status, code, title, message: detail, errors, retryAfterSeconds } = problem;
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(status === 401 ? { 'www-authenticate': `Bearer error="${code}"` } : {}),
    },
    body: JSON.stringify({ type: 'about:blank', title, status, detail, code, ...(errors ? { errors } : {}) }),
  };
}

/** What an event has, by name: what is null in it is not there. */
const given = (texts: Readonly<Record<string, string | null>> | null | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts ?? {}).filter((entry): entry is [string, string] => entry[1] !== null));

/** Maps whatever was thrown to what the caller may know of it. */
export function toProblem(thrown: unknown): Problem {
  const error = classify(thrown);
  if (error instanceof Problem) return error;
  if (error.name === 'TransientError') {
    const detail = 'Nothing was lost. Send the request again.';
    const extra = { cause: thrown, retryAfterSeconds: 2 };
    return new Problem(503, 'temporarily_unavailable', 'Temporarily unavailable', detail, extra);
  }
  const detail = 'The error has been logged. Send the request again later.';
  return new Problem(500, 'internal_error', 'Internal error', detail, { cause: thrown });
}

/**
 * Reads the request in an event. What its log lines may say of it goes into `fields` as soon as it is known.
 * @throws ValidationError for an event that passed no authorizer; Problem invalid_token for a token that names no user
 */
function readRequest(event: unknown, fields: LogFields): HttpRequest {
  const { routeKey, requestContext, pathParameters, queryStringParameters, headers, body, isBase64Encoded } = parse(
    validators.httpEvent,
    event,
    'The event',
  );
  const path = given(pathParameters);
  Object.assign(fields, { routeKey }, idsOf(path));
  const { requestId, authorizer } = requestContext;
  if (typeof requestId === 'string') fields.requestId = requestId.slice(0, 100);
  const { claims } = authorizer.jwt;
  if (!validators.userClaims(claims)) {
    const detail = 'Its `sub` must be one line of 1 to 128 characters.';
    throw new Problem(401, 'invalid_token', 'The token names no user', detail);
  }
  Object.assign(fields, { userId: claims.sub });
  return {
    routeKey,
    userId: claims.sub,
    path,
    query: given(queryStringParameters),
    headers: given(headers),
    body: () => readBody(body, isBase64Encoded),
  };
}

/**
 * Wraps the logic of an HTTP Lambda: the event is checked, refusals and faults become RFC 9457 answers, and each
 * request leaves one log line.
 */
export function httpBoundary(
  log: Log,
  run: (request: HttpRequest) => Promise<HttpAnswer>,
): (event: unknown, context?: InvocationContext) => Promise<APIGatewayProxyStructuredResultV2> {
  const answerTo = async (event: unknown, context: InvocationContext | undefined, fields: LogFields) => {
    const started = performance.now();
    const durationMs = () => Math.round(performance.now() - started);
    try {
      const request = readRequest(event, fields);
      const answer = await underDeadline(context, () => run(request));
      // Of a start, the execution: from the request to all that came of it.
      log.info('request answered', { ...idsOf(answer.body), httpStatus: answer.status, durationMs: durationMs() });
      const type = answer.body === undefined ? {} : { 'content-type': 'application/json' };
      return {
        statusCode: answer.status,
        headers: { ...type, 'cache-control': 'no-store', ...answer.headers },
        ...(answer.body === undefined ? {} : { body: bodyOf(answer.body) }),
      };
    } catch (thrown) {
      const problem = toProblem(thrown);
      const { status: httpStatus, code } = problem;
      const failure: LogFields = { httpStatus, code, durationMs: durationMs() };
      if (problem.status < 500) log.info('request refused', failure);
      else log.error('request failed', { ...failure, ...errorFields(problem.cause ?? thrown) });
      return problemAnswer(problem);
    }
  };
  return (event, context) => {
    const fields: LogFields = context ? { awsRequestId: context.awsRequestId } : {};
    return withFields(fields, () => answerTo(event, context, fields));
  };
}

/**
 * Whether `If-None-Match` names this entity tag (RFC 9110, 13.1.2): by weak comparison, among any number, or as `*`.
 * @param header undefined when it was not sent
 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag));
}

/** No id of ours is longer, or holds anything but visible ASCII; DynamoDB refuses keys from 2,048 bytes on, and lone surrogates. */
const ID = /^[!-~]{1,300}$/;

/**
 * A path parameter as API Gateway gives it (decoded once).
 * @param notFound what is answered for a value that cannot be an id
 * @param form of the ids that there may be, where a call answers well for one that is not there
 * @throws Problem of `notFound`; Error when the route lacks the parameter, which is a mistake of the wiring
 */
export function pathParameter(
  path: HttpRequest['path'],
  name: string,
  notFound: () => Problem,
  form: RegExp = ID,
): string {
  const value = path[name];
  if (value === undefined) throw new Error(`the route has no path parameter ${name}`);
  if (!form.test(value)) throw notFound();
  return value;
}

/**
 * The execution in a path. What is no ARN of this state machine is no execution, and no key that may be read: rows of
 * other kinds must not answer for executions (rule 5).
 * @throws Problem execution_not_found
 */
export function executionArnParameter(path: HttpRequest['path'], stateMachineArn: string): string {
  const executionArn = pathParameter(path, 'executionArn', executionNotFound);
  if (!isExecutionArnOf(stateMachineArn, executionArn)) throw executionNotFound();
  return executionArn;
}
