import { isRecord } from './json.ts';

/** The API refused; `code` is one of docs/openapi.yaml, or `http_<status>` for an answer of the gateway. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  /** JSON pointers into the request, each with what is wrong there. */
  readonly fields: readonly { path: string; message: string }[];
  /** Seconds that the server asks to wait. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, detail: string, fields: ApiError['fields'], retryAfterSeconds?: number) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** No answer: the connection is down, or it took too long. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** An answer that is not what the contract says: page and API are of different versions. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/** Seconds that an answer asks to wait; undefined without `Retry-After`, or for a date, which this API never sends. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after');
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Reads problem details, the gateway's `{"message"}`, or anything else that a proxy may have answered. */
export function apiErrorOf(response: Response, body: unknown): ApiError {
  const content = isRecord(body) ? body : {};
  const text = (key: string) => (typeof content[key] === 'string' ? content[key] : undefined);
  const fields = Array.isArray(content.errors)
    ? content.errors.flatMap((each: unknown) =>
        isRecord(each) && typeof each.path === 'string' && typeof each.message === 'string'
          ? [{ path: each.path, message: each.message }]
          : [],
      )
    : [];
  const { status } = response;
  const detail = text('detail') ?? text('message') ?? '';
  return new ApiError(status, text('code') ?? `http_${status}`, detail, fields, retryAfterOf(response));
}

/** Whether the same request may succeed a little later. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ConnectionError || (error instanceof ApiError && (error.status >= 500 || error.status === 429));
