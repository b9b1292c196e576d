import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { isTransaction } from './request.ts';

/** What the database answers a request with. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | string;
}

/** Why an item of a transaction was refused, with the exception that says so outside of a transaction. */
export interface Refusal {
  readonly exception: string;
  readonly code: string;
  readonly message: string;
}

/** The codes and messages of DynamoDB's API reference (TransactionCanceledException). */
export const CONFLICT: Refusal = {
  exception: 'TransactionConflictException',
  code: 'TransactionConflict',
  message: 'Transaction is ongoing for the item',
};
const ON_DEMAND: Refusal = {
  exception: 'ThrottlingException',
  code: 'ThrottlingError',
  message:
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or ' +
    'index so please try again shortly. If exceptions persist, check if you have a hot key: ' +
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
};
const PROVISIONED: Refusal = {
  exception: 'ProvisionedThroughputExceededException',
  code: 'ProvisionedThroughputExceeded',
  message:
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning ' +
    'level with the UpdateTable API.',
};

/** An exception, named as the API names it, with what else it says. */
export function exceptionAnswer(name: string, message: string, status = 400, more: object = {}): Answer {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...more });
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  };
  return { status, headers, body };
}

/** A cancelled transaction, with a reason for each of its items in their order; undefined for an item that was fine. */
export function cancelledAnswer(refusals: readonly (Refusal | undefined)[]): Answer {
  const codes = refusals.map((refusal) => refusal?.code ?? 'None');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
  return exceptionAnswer('TransactionCanceledException', message, 400, {
    CancellationReasons: refusals.map((refusal) => ({ Code: refusal?.code ?? 'None', Message: refusal?.message })),
  });
}

/**
 * What DynamoDB answers a request that it throttles, half of the time as an on-demand table (ThrottlingException), half
 * as a provisioned one. A transaction is half of the time cancelled for one of its items, which the SDK does not retry.
 * @param draw numbers in [0, 1) by what they are for
 * @param items how many items the request writes
 */
export function throttledAnswer(operation: string, items: number, draw: (what: string) => number): Answer {
  const refusal = draw('throttle kind') < 0.5 ? ON_DEMAND : PROVISIONED;
  if (isTransaction(operation) && items > 0 && draw('throttle as reason') < 0.5) {
    const throttled = Math.floor(draw('throttled item') * items);
    return cancelledAnswer(Array.from({ length: items }, (_, index) => (index === throttled ? refusal : undefined)));
  }
  return exceptionAnswer(refusal.exception, refusal.message);
}
