import { ApiError, ConnectionError, UnexpectedAnswer } from '../api/errors.ts';
import type { Explanation, Messages } from './messages.ts';

/** Any error of a call, in words a person understands. */
export function explain(error: unknown, messages: Messages, isOnline = true): Explanation {
  if (error instanceof ConnectionError) return isOnline ? messages.problem.slow : messages.problem.offline;
  if (error instanceof UnexpectedAnswer) return messages.problem.unexpected;
  if (!(error instanceof ApiError)) return messages.problem.unknown;
  const known = messages.problems[error.code];
  if (known !== undefined) return known;
  return error.status >= 500 ? messages.problem.server : messages.problem.unknown;
}
