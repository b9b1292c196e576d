/** The client of the HTTP API. What it takes and answers is generated from docs/openapi.yaml. */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './contract.generated.d.ts';
import { apiErrorOf, ConnectionError, UnexpectedAnswer } from './errors.ts';
import { parseJson } from './json.ts';

/** Longer than the gateway waits for the application (30 s), so that its answer comes first. */
const TIMEOUT_MS = 35_000;

/**
 * `api.GET(path, { params, body, signal })` and the like. A call rejects with an ApiError when the API refuses, a
 * ConnectionError without an answer, an UnexpectedAnswer for one that is no JSON, and the reason of its signal when that
 * is aborted.
 */
export type ApiClient = Client<paths>;

export interface ClientOptions {
  /** Where the API is; empty for where the page came from. */
  readonly baseUrl: string;
  token(): string | undefined;
  /** Is told of a 401: the token was refused. */
  onUnauthorized?(): void;
  /** Sends requests in place of the global `fetch`. */
  readonly fetch?: typeof fetch;
}

export function createApiClient({ baseUrl, token, onUnauthorized, fetch: send = fetch }: ClientOptions): ApiClient {
  return createClient<paths>({
    baseUrl,
    cache: 'no-store',
    credentials: 'omit',
    async fetch(request) {
      const bearer = token();
      if (bearer !== undefined) request.headers.set('authorization', `Bearer ${bearer}`);
      let response: Response;
      let text: string;
      try {
        response = await send(request, {
          signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]),
        });
        text = await response.text();
      } catch (cause) {
        request.signal.throwIfAborted();
        throw new ConnectionError('no answer', { cause });
      }
      if (response.status === 401) onUnauthorized?.();
      const content = parseJson(text);
      const isUnchanged = response.status === 304;
      if (!response.ok && !isUnchanged) throw apiErrorOf(response, content);
      if (content === undefined && !isUnchanged) {
        throw new UnexpectedAnswer(`${request.method} ${request.url} was not answered with JSON`);
      }
      return new Response(isUnchanged ? null : text, response);
    },
  });
}

/** The body of an answer: `await bodyOf(api.GET('/api/goals'))`. A 304 has none, and counts as unexpected here. */
export async function bodyOf<Body>(answer: Promise<{ data?: Body }>): Promise<Body> {
  const { data } = await answer;
  if (data === undefined) throw new UnexpectedAnswer('the answer has no body');
  return data;
}
