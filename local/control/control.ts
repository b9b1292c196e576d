import type { IncomingMessage, ServerResponse } from 'node:http';
import { userClaims } from '@goal-activity/core/validators.generated.js';
import type { InboxMessage } from '../aws/sns/inbox.ts';
import { type FieldError, Problem } from '../http/problem.ts';
import { BodyIncomplete, BodyTooLarge, readBody } from '../http/server.ts';
import { INBOX_HEADERS, inboxPage } from './inbox-page.ts';

/** What the local control calls do; the stack gives it. */
export interface ControlHandlers {
  /** `POST /local/token`. */
  token(userId: string, expiresInSeconds: number | undefined): Promise<string>;
  ai: {
    /** `GET /local/ai`. */
    get(): unknown;
    /** `PUT /local/ai`: takes the parsed body, unchecked. An error with code `invalid_settings` becomes a 422. */
    put(settings: unknown): unknown;
  };
  /** `GET /local/inbox` and `GET /inbox`, oldest first. */
  inbox(): readonly InboxMessage[];
  /** `GET /local/health`: the parts of the stack that do not answer, and what else there is to say. */
  health(): Promise<{ readonly down: readonly string[] }>;
  /** `GET /local/metrics`: what CloudWatch holds, by namespace. */
  metrics(): unknown;
  /** `GET /local/alarms`: each alarm's name, state, reason, since when, and its last value. */
  alarms(): unknown;
  /** `POST /local/expire`: deletes the rows whose time to live ended before a time, in seconds since the epoch. */
  expire(before: number): Promise<unknown>;
}

interface ControlAnswer {
  /** Default: 200. */
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

type ControlCall = (body: Buffer) => ControlAnswer | Promise<ControlAnswer>;

const BODY_LIMIT = 64 * 1024;

/** A century: enough for any test, and far from where dates end. */
const MAXIMUM_EXPIRY_SECONDS = 3_155_760_000;

/**
 * A function that answers local control calls and says whether the request was one. They are for this machine alone:
 * a Host that is not loopback is refused, since a page from anywhere may have had its name pointed here (DNS rebinding).
 */
export function createControl(
  handlers: ControlHandlers,
): (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean> {
  const calls = controlCalls(handlers);
  return async (request, response, path) => {
    const methods = calls.get(path);
    if (methods === undefined && !path.startsWith('/local/')) return false;
    try {
      checkCaller(request);
      if (methods === undefined) throw new Problem(404, 'not_found', `There is no control call ${path}`);
      const call = methods.get(request.method === 'HEAD' ? 'GET' : (request.method ?? ''));
      if (call === undefined) {
        response.setHeader('allow', [...methods.keys()].join(', '));
        throw new Problem(405, 'method_not_allowed', `${path} takes ${[...methods.keys()].join(' or ')}`);
      }
      const { status = 200, headers, body } = await call(await readBody(request, BODY_LIMIT));
      send(response, status, headers ?? { 'content-type': 'application/json' }, body);
    } catch (error) {
      if (error instanceof BodyIncomplete) return true;
      request.resume();
      const problem = asProblem(error);
      send(response, problem.status, { 'content-type': 'application/problem+json' }, JSON.stringify(problem));
    }
    return true;
  };
}

function controlCalls(handlers: ControlHandlers): Map<string, Map<string, ControlCall>> {
  return new Map([
    ['/local/token', new Map([['POST', async (body) => json({ token: await token(handlers, body) })]])],
    [
      '/local/ai',
      new Map<string, ControlCall>([
        ['GET', () => json(handlers.ai.get())],
        ['PUT', (body) => json(handlers.ai.put(parseObject(body)))],
      ]),
    ],
    ['/local/inbox', new Map([['GET', () => json(handlers.inbox())]])],
    ['/inbox', new Map([['GET', () => ({ headers: INBOX_HEADERS, body: inboxPage(handlers.inbox()) })]])],
    ['/local/health', new Map([['GET', () => health(handlers)]])],
    ['/local/metrics', new Map([['GET', () => json(handlers.metrics())]])],
    ['/local/alarms', new Map([['GET', () => json(handlers.alarms())]])],
    ['/local/expire', new Map([['POST', async (body) => json({ expired: await expire(handlers, body) })]])],
  ]);
}

function token(handlers: ControlHandlers, body: Buffer): Promise<string> {
  const { userId, expiresInSeconds } = parseObject(body);
  const claims: unknown = { sub: userId };
  const namesUser = userClaims(claims);
  const expiry = expiresInSeconds ?? undefined;
  const problems: FieldError[] = [];
  if (!namesUser) problems.push({ path: '/userId', message: 'must be one line of 1 to 128 characters' });
  if (expiry !== undefined && (!Number.isSafeInteger(expiry) || Math.abs(Number(expiry)) > MAXIMUM_EXPIRY_SECONDS)) {
    problems.push({
      path: '/expiresInSeconds',
      message: 'must be a whole number of seconds, negative for an expired token',
    });
  }
  if (!namesUser || problems.length > 0) throw invalidRequest(problems);
  return handlers.token(claims.sub, typeof expiry === 'number' ? expiry : undefined);
}

async function health(handlers: ControlHandlers): Promise<ControlAnswer> {
  const found = await handlers.health();
  const isUp = found.down.length === 0;
  return { status: isUp ? 200 : 503, ...json({ status: isUp ? 'ok' : 'down', ...found }) };
}

function expire(handlers: ControlHandlers, body: Buffer): Promise<unknown> {
  const { before } = parseObject(body);
  if (typeof before === 'number' && Number.isSafeInteger(before) && before >= 0) return handlers.expire(before);
  throw invalidRequest([{ path: '/before', message: 'must be a whole number of seconds since 1970' }]);
}

/** As the API answers it. */
function invalidRequest(errors: readonly FieldError[]): Problem {
  const detail = errors.map(({ path, message }) => `${path || 'The body'} ${message}`).join('; ');
  return new Problem(422, 'invalid_request', detail, errors);
}

/** Refuses a caller from elsewhere: another Host, or a page of another origin (a browser always sends it with PUT and POST). */
function checkCaller(request: IncomingMessage): void {
  if (!isLoopback(request.headers.host)) {
    throw new Problem(403, 'forbidden_host', 'Control calls answer on 127.0.0.1, localhost and [::1] alone');
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isLoopback(/^https?:\/\/(.*)$/.exec(origin)?.[1])) {
    throw new Problem(403, 'forbidden_origin', 'Control calls answer pages of this machine alone');
  }
}

function isLoopback(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    throw new Problem(400, 'invalid_json', 'The body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidRequest([{ path: '', message: 'must be a JSON object' }]);
  }
  return Object.fromEntries(Object.entries(value));
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof BodyTooLarge) return new Problem(413, 'body_too_large', error.message);
  const detail = error instanceof Error ? error.message : 'Unknown error';
  const isBadSetting = error instanceof Error && 'code' in error && error.code === 'invalid_settings';
  return isBadSetting ? new Problem(422, 'invalid_request', detail) : new Problem(500, 'internal_error', detail);
}

function json(value: unknown): ControlAnswer {
  return { body: JSON.stringify(value) ?? 'null' };
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers });
  response.end(body);
}
