import { ApiError, ConnectionError, UnexpectedAnswer } from '@goal-activity/client/errors.ts';
import type { Messages } from './en/en.ts';

/** Any error of a call, in words a person understands: what happened, and what to do about it. */
export function explain(error: unknown, messages: Messages, isOnline = true) {
  if (error instanceof ConnectionError) return isOnline ? messages.problem.slow : messages.problem.offline;
  if (error instanceof UnexpectedAnswer) return messages.problem.unexpected;
  if (!(error instanceof ApiError)) return isOnline ? messages.problem.unknown : messages.problem.offline;
  const problems: Readonly<Record<string, Messages['problem']['unknown']>> = messages.problems;
  const known = problems[error.code];
  if (known !== undefined) return known;
  return error.status >= 500 ? messages.problem.server : messages.problem.unknown;
}
