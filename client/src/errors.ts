import { isRecord } from './json.ts';

/** Seconds that an answer asks to wait; undefined without `Retry-After`, or for a date, which this API never sends. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after');
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}

interface FieldError {
  /** JSON pointer into the request. */
  readonly path: string;
  readonly message: string;
}

const isFieldError = (value: unknown): value is FieldError =>
  isRecord(value) && typeof value.path === 'string' && typeof value.message === 'string';

/** The API refused. It reads problem details, the gateway's `{"message"}`, or anything else that a proxy may have answered. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Method and path, `GET /api/goals`. */
  readonly call: string;
  readonly status: number;
  /** One of docs/openapi.yaml, or `http_<status>` for an answer of the gateway. */
  readonly code: string;
  readonly detail: string;
  /** What is wrong with the request, and where. */
  readonly fields: readonly FieldError[];
  /** Seconds that the server asks to wait. */
  readonly retryAfterSeconds: number | undefined;

  constructor(call: string, response: Response, body: unknown) {
    const { status } = response;
    const content = isRecord(body) ? body : {};
    const text = (key: string) => (typeof content[key] === 'string' ? content[key] : undefined);
    const code = text('code') ?? `http_${status}`;
    const detail = text('detail') ?? text('message') ?? '';
    super(`${call} answered ${status}: ${code}: ${detail}`);
    this.call = call;
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.fields = Array.isArray(content.errors) ? content.errors.filter(isFieldError) : [];
    this.retryAfterSeconds = retryAfterOf(response);
  }
}

/** No answer: the connection is down, or it took too long. The cause says which. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly call: string;

  constructor(call: string, cause?: unknown) {
    super(`${call} was not answered`, { cause });
    this.call = call;
  }
}

/** An answer that cannot be read: page and API are of different versions, or something else than the API answered. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly call: string;

  constructor(call: string) {
    super(`${call} was answered with something else`);
    this.call = call;
  }
}

/** Whether the same request may succeed a little later. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && (error.status >= 500 || error.status === 429));
