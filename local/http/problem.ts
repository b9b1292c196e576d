import { STATUS_CODES } from 'node:http';

/** One thing wrong with a request; `path` is a JSON pointer into its body. */
export interface FieldError {
  path: string;
  message: string;
}

/** An answer of a local control call that is not a success: RFC 9457 with a stable `code`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[] | undefined;

  constructor(status: number, code: string, detail: string, errors?: readonly FieldError[]) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  /** The body, for `application/problem+json`. */
  toJSON(): object {
    const { status, code, message: detail, errors } = this;
    const title = STATUS_CODES[status] ?? 'Error';
    return { type: 'about:blank', title, status, detail, code, ...(errors === undefined ? {} : { errors }) };
  }
}
