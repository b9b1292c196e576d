import { type Answer, cancelledAnswer, exceptionAnswer, REFUSALS } from './answers.ts';
import { isTransaction } from './request.ts';

/**
 * What DynamoDB answers a request that it throttles, half of the time as an on-demand table (ThrottlingException), half
 * as a provisioned one. A transaction is half of the time cancelled for one of its items, which the SDK does not retry.
 * @param draw numbers in [0, 1) by what they are for
 * @param items how many items the request writes
 */
export function throttledAnswer(operation: string, items: number, draw: (what: string) => number): Answer {
  const { exception, ...reason } = draw('throttle kind') < 0.5 ? REFUSALS.throttled : REFUSALS.provisioned;
  if (isTransaction(operation) && items > 0 && draw('throttle as reason') < 0.5) {
    const throttled = Math.floor(draw('throttled item') * items);
    return cancelledAnswer(Array.from({ length: items }, (_, index) => (index === throttled ? reason : undefined)));
  }
  return exceptionAnswer(exception, reason.message);
}
