import type { IncomingMessage } from 'node:http';
import { readBody, startServer } from '../../../local/http/server.ts';

/** An answer on its way to the client. */
export interface Passing {
  /** `GET /api/goals/…` */
  readonly call: string;
  status: number;
  headers: Record<string, string>;
  /** As JSON; undefined without a body. */
  body: unknown;
}

/** What a proxy does to the API behind it. */
export interface Meddling {
  /** May change the headers of a request, such as its token. */
  readonly request?: (headers: Record<string, string>, call: string) => void;
  /** The status of a call that is not passed on; undefined for one that is. */
  readonly refuse?: (call: string) => number | undefined;
  /** May change an answer. */
  readonly answer?: (passing: Passing) => void;
}

const PASSED_ON = ['authorization', 'content-type', 'idempotency-key', 'if-none-match'];

/**
 * Starts a server that passes requests on to an API, and its answers back, but for the changes.
 * @returns it, with the calls that it has seen and how each was answered, `DELETE /api/goals/… 204`, and the tokens of the callers
 */
export async function startApiProxy(
  target: string,
  { request: changeRequest, refuse, answer: changeAnswer }: Meddling = {},
) {
  const [calls, tokens]: [string[], Set<string>] = [[], new Set()];
  async function pass(message: IncomingMessage): Promise<Passing> {
    const call = `${message.method} ${decodeURIComponent(message.url?.split('?', 1)[0] ?? '')}`;
    const headers: Record<string, string> = {};
    for (const name of PASSED_ON) {
      const value = message.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    if (headers.authorization !== undefined) tokens.add(headers.authorization);
    changeRequest?.(headers, call);
    const sent = await readBody(message, 1_000_000);
    const status = refuse?.(call);
    if (status !== undefined) {
      calls.push(`${call} ${status}`);
      const refused = { 'content-type': 'application/problem+json', 'retry-after': '1' };
      return { call, status, headers: refused, body: { code: 'of_the_test', detail: 'no' } };
    }
    const method = message.method ?? '';
    const answer = await fetch(target + message.url, { method, headers, ...(sent.length > 0 ? { body: sent } : {}) });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    const retryAfter = answer.headers.get('retry-after');
    const passing: Passing = {
      call,
      status: answer.status,
      headers: { 'content-type': type, ...(retryAfter === null ? {} : { 'retry-after': retryAfter }) },
      body: text === '' ? undefined : JSON.parse(text),
    };
    changeAnswer?.(passing);
    calls.push(`${call} ${passing.status}`);
    return passing;
  }
  const server = await startServer((message, response) => {
    pass(message).then(
      ({ status, headers, body }) => {
        response.writeHead(status, headers);
        response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  return { ...server, calls, tokens };
}
