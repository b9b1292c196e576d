import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { userClaims } from '@goal-activity/core/validators.generated.js';
import type { Bedrock } from '../aws/bedrock/bedrock.ts';
import type { Sns } from '../aws/sns/sns.ts';
import { BodyIncomplete, BodyTooLarge, isLoopback, readBody } from '../http/server.ts';
import { isRecord, SettingError } from '../settings.ts';
import { INBOX_HEADERS, inboxPage } from './inbox-page.ts';

/** What the local control calls reach. */
export interface ControlledParts {
  readonly issueToken: (userId: string, expiresInSeconds?: number) => Promise<string>;
  readonly bedrock: Pick<Bedrock, 'settings' | 'configure'>;
  readonly sns: Pick<Sns, 'messages'>;
  readonly cloudWatch: { metrics(): unknown; alarms(): unknown };
  readonly expiry: { expire(before: number): Promise<unknown> };
  /** The parts of the stack that do not answer, and what else there is to say of its health. */
  readonly health: () => Promise<{ readonly down: readonly string[] }>;
}

/** A call that is refused: RFC 9457 with a stable `code`. */
class Problem extends Error {
  readonly answer: ControlAnswer;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code });
    this.answer = { status, headers: { 'content-type': 'application/problem+json' }, body };
  }
}

interface ControlAnswer {
  /** Default: 200. */
  readonly status?: number;
  /** Default: JSON. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

type Call = (body: Buffer) => ControlAnswer | Promise<ControlAnswer>;

const BODY_LIMIT = 64 * 1024;
/** A century: enough for any test, and far from where dates end. */
const MAXIMUM_EXPIRY_SECONDS = 3_155_760_000;

/**
 * A function that answers local control calls and says whether the request was one. They are for this machine alone:
 * a Host that is not loopback is refused, since a page from anywhere may have had its name pointed here (DNS rebinding).
 */
export function createControl(parts: ControlledParts) {
  const calls = controlCalls(parts);
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> => {
    const methods = calls[path];
    if (methods === undefined && !path.startsWith('/local/')) return false;
    try {
      checkCaller(request);
      if (methods === undefined) throw new Problem(404, 'not_found', `There is no control call ${path}`);
      const call = methods[request.method === 'HEAD' ? 'GET' : (request.method ?? '')];
      if (call === undefined) {
        const allowed = Object.keys(methods).join(', ');
        response.setHeader('allow', allowed);
        throw new Problem(405, 'method_not_allowed', `${path} takes ${allowed}`);
      }
      send(response, await call(await readBody(request, BODY_LIMIT)));
    } catch (error) {
      if (error instanceof BodyIncomplete) return true;
      request.resume();
      send(response, asProblem(error).answer);
    }
    return true;
  };
}

function controlCalls(parts: ControlledParts): Readonly<Record<string, Readonly<Record<string, Call>>>> {
  const { bedrock, sns, cloudWatch } = parts;
  return {
    '/local/token': { POST: async (body) => json({ token: await token(parts, parseObject(body)) }) },
    '/local/ai': {
      GET: () => json(bedrock.settings()),
      // A SettingError becomes a 422.
      PUT: (body) => json(bedrock.configure(parseObject(body))),
    },
    '/local/inbox': { GET: () => json(sns.messages()) },
    '/inbox': { GET: () => ({ headers: INBOX_HEADERS, body: inboxPage(sns.messages()) }) },
    '/local/health': { GET: () => health(parts) },
    '/local/metrics': { GET: () => json(cloudWatch.metrics()) },
    '/local/alarms': { GET: () => json(cloudWatch.alarms()) },
    '/local/expire': { POST: async (body) => json({ expired: await expire(parts, parseObject(body)) }) },
  };
}

function token({ issueToken }: ControlledParts, { userId, expiresInSeconds }: Record<string, unknown>) {
  const claims: unknown = { sub: userId };
  if (!userClaims(claims)) throw invalid('userId must be one line of 1 to 128 characters');
  const expiry = expiresInSeconds ?? undefined;
  if (expiry === undefined) return issueToken(claims.sub);
  if (typeof expiry !== 'number' || !Number.isInteger(expiry) || Math.abs(expiry) > MAXIMUM_EXPIRY_SECONDS)
    throw invalid('expiresInSeconds must be a whole number of seconds, negative for an expired token');
  return issueToken(claims.sub, expiry);
}

async function health(parts: ControlledParts): Promise<ControlAnswer> {
  const found = await parts.health();
  const isUp = found.down.length === 0;
  return { status: isUp ? 200 : 503, ...json({ status: isUp ? 'ok' : 'down', ...found }) };
}

/** Deletes the rows whose time to live ended before a time, in seconds since the epoch. */
function expire({ expiry }: ControlledParts, { before }: Record<string, unknown>): Promise<unknown> {
  if (typeof before === 'number' && Number.isSafeInteger(before) && before >= 0) return expiry.expire(before);
  throw invalid('before must be a whole number of seconds since 1970');
}

const invalid = (detail: string) => new Problem(422, 'invalid_request', detail);

/** Refuses a caller from elsewhere: another Host, or a page of another origin (a browser always sends it with PUT and POST). */
function checkCaller({ headers: { host, origin } }: IncomingMessage): void {
  if (!isLoopback(host))
    throw new Problem(403, 'forbidden_host', 'Control calls answer on 127.0.0.1, localhost and [::1] alone');
  if (origin !== undefined && !isLoopback(/^https?:\/\/(.*)$/.exec(origin)?.[1]))
    throw new Problem(403, 'forbidden_origin', 'Control calls answer pages of this machine alone');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseObject(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    throw new Problem(400, 'invalid_json', 'The body is not JSON');
  }
  if (isRecord(value)) return value;
  throw invalid('The body must be a JSON object');
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof BodyTooLarge) return new Problem(413, 'body_too_large', error.message);
  if (error instanceof SettingError) return invalid(error.message);
  return new Problem(500, 'internal_error', error instanceof Error ? error.message : 'Unknown error');
}

const json = (value: unknown): ControlAnswer => ({ body: JSON.stringify(value) });

function send(response: ServerResponse, { status = 200, headers, body }: ControlAnswer): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-type': 'application/json',
    ...headers,
  });
  response.end(body);
}
