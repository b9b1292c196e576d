/** The client of the HTTP API. What it takes and answers is generated from docs/openapi.yaml. */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './contract.generated.d.ts';
import { ApiError, UnexpectedAnswer } from './errors.ts';
import { exchange } from './exchange.ts';

/**
 * `api.GET(path, { params, body, signal })` and the like. A call rejects with an ApiError when the API refuses, a
 * ConnectionError without an answer, an UnexpectedAnswer for one that is no JSON, and the reason of its signal when that
 * is aborted.
 */
export type ApiClient = Client<paths, 'application/json'>;

export interface ClientOptions {
  /** Where the API is; empty for where the page came from. */
  readonly baseUrl: string;
  token(): string | undefined;
  /** Called on a 401: the API refused the token. */
  onUnauthorized?(): void;
  /** Sends requests in place of the global `fetch`. */
  readonly fetch?: typeof fetch;
}

export function createApiClient({ baseUrl, token, onUnauthorized, fetch: send }: ClientOptions): ApiClient {
  return createClient<paths, 'application/json'>({
    baseUrl,
    cache: 'no-store',
    credentials: 'omit',
    async fetch(request) {
      const bearer = token();
      if (bearer !== undefined) request.headers.set('authorization', `Bearer ${bearer}`);
      try {
        return (await exchange(request, send)).response;
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) onUnauthorized?.();
        throw error;
      }
    },
  });
}

/** The body of an answer: `await bodyOf(api.GET('/api/goals'))`. A 304 has no body and throws. */
export async function bodyOf<Body>(answer: Promise<{ data?: Body; response: Response }>): Promise<Body> {
  const { data, response } = await answer;
  if (data === undefined) throw new UnexpectedAnswer(response.url);
  return data;
}
