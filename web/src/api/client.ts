import { isAnswer } from './check.ts';
import { ApiError, apiErrorOf, ConnectionError, secondsOf, UnexpectedAnswer } from './errors.ts';
import type { Answers, Operation, Requests } from './types.ts';

/** Longer than the gateway waits for the application (30 s), so that its answer comes first. */
const TIMEOUT_MS = 35_000;

export interface CallOptions<Name extends Operation> {
  /** Values of the path's placeholders, not encoded. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: Name extends keyof Requests ? Requests[Name] : never;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** `body` is undefined when nothing has changed (304). */
export interface ApiAnswer<Name extends Operation> {
  readonly status: number;
  readonly body: Answers[Name] | undefined;
  readonly etag: string | undefined;
  /** Seconds until it is worth asking again, where the API says so. */
  readonly retryAfterSeconds: number | undefined;
}

export interface ApiClient {
  /**
   * @throws ApiError for an answer that is no success, ConnectionError without an answer, UnexpectedAnswer for one
   * that breaks the contract; the signal's reason when it was aborted
   */
  send<Name extends Operation>(operation: Name, options?: CallOptions<Name>): Promise<ApiAnswer<Name>>;
  /** The body of an answer. */
  call<Name extends Operation>(operation: Name, options?: CallOptions<Name>): Promise<Answers[Name]>;
}

export interface ClientOptions {
  /** Where the API is; empty for where the page came from. */
  readonly apiUrl: string;
  token(): string | undefined;
  /** Is told of a 401: the token was refused. */
  onUnauthorized(): void;
  readonly fetch?: typeof fetch;
}

/** `/api/goals/{goalId}` with its placeholder filled, and the query. */
export function pathOf(
  template: string,
  path: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, value]],
  );
  return given.length === 0 ? filled : `${filled}?${new URLSearchParams(given)}`;
}

export function createApiClient(options: ClientOptions): ApiClient {
  const request = options.fetch ?? fetch.bind(globalThis);

  async function send<Name extends Operation>(
    operation: Name,
    { path, query, body, headers, signal }: CallOptions<Name> = {},
  ): Promise<ApiAnswer<Name>> {
    const [method = 'GET', template = ''] = operation.split(' ');
    const token = options.token();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    let text: string;
    try {
      response = await request(options.apiUrl + pathOf(template, path, query), {
        method,
        cache: 'no-store',
        credentials: 'omit',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      throw new ConnectionError('no answer', { cause });
    }
    if (response.status === 401) options.onUnauthorized();
    const etag = response.headers.get('etag') ?? undefined;
    const retryAfterSeconds = secondsOf(response.headers.get('retry-after'));
    if (response.status === 304) return { status: 304, body: undefined, etag, retryAfterSeconds };
    const content = parseJson(text);
    if (!response.ok) throw apiErrorOf(response.status, content, response.headers.get('retry-after'));
    if (!isAnswer(operation, content)) throw new UnexpectedAnswer(`${operation} answered something else`);
    return { status: response.status, body: content, etag, retryAfterSeconds };
  }

  return {
    send,
    async call(operation, callOptions) {
      const { body } = await send(operation, callOptions);
      if (body === undefined) throw new ApiError(304, 'http_304', '', []);
      return body;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
