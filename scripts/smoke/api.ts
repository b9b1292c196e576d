import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, ConnectionError, retryAfterOf, UnexpectedAnswer } from '@goal-activity/client/errors.ts';
import { Finding } from './finding.ts';

/** How often a request is repeated that the API asks to send later, and what wait is too long. */
const PATIENCE = { times: 3, seconds: 30 };

/** Sends requests, and again what the API asks to be sent later (429, 503): a stage may be busy, and is not broken by that. */
export function patientFetch(signal: AbortSignal, progress: (line: string) => void): typeof fetch {
  return async (input, init) => {
    const request = new Request(input);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(request.clone(), init);
      const wait = retryAfterOf(answer);
      const isPatient = attempt <= PATIENCE.times && wait !== undefined && wait <= PATIENCE.seconds;
      if (!isPatient || (answer.status !== 429 && answer.status !== 503)) return answer;
      progress(`  the API asks to wait ${wait} s (${answer.status})`);
      await sleep(wait * 1000, undefined, { signal });
    }
  };
}

/** `fetch` hides the reason ("connect ECONNREFUSED ...") in the cause of a "fetch failed". */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error && thrown.cause.message !== '' ? thrown.cause.message : thrown.message;
}

/** An error of a step in a sentence; of one that nobody expects, where it comes from. */
export function sayError(thrown: unknown): string {
  if (thrown instanceof UnexpectedAnswer)
    return `${thrown.call} was answered with something that is no JSON, such as a page: is this the address of the API?`;
  if (thrown instanceof ConnectionError) return `${thrown.call} was not answered: ${reasonOf(thrown.cause)}`;
  if (thrown instanceof ApiError || thrown instanceof Finding) return thrown.message;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
