import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';

/** What the database answers a request with. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | string;
}

/** Why an item of a transaction was refused; undefined for an item that was fine. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

const NAMESPACE = 'com.amazonaws.dynamodb.v20120810#';

const CONFLICT = 'Transaction is ongoing for the item';
const ON_DEMAND =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or ' +
  'index so please try again shortly. If exceptions persist, check if you have a hot key: ' +
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html';
const PROVISIONED =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning ' +
  'level with the UpdateTable API.';

/** The codes and messages of DynamoDB's API reference (TransactionCanceledException), each with the exception outside of a transaction. */
export const REFUSALS = {
  conflict: { exception: 'TransactionConflictException', code: 'TransactionConflict', message: CONFLICT },
  throttled: { exception: 'ThrottlingException', code: 'ThrottlingError', message: ON_DEMAND },
  provisioned: {
    exception: 'ProvisionedThroughputExceededException',
    code: 'ProvisionedThroughputExceeded',
    message: PROVISIONED,
  },
} as const satisfies Record<string, Reason & { exception: string }>;

/** An answer in DynamoDB's JSON. */
export function jsonAnswer(status: number, body: object): Answer {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  };
  return { status, headers, body: text };
}

/** An exception, named as the API names it. */
export function exceptionAnswer(name: string, message: string, status = 400): Answer {
  return jsonAnswer(status, { __type: NAMESPACE + name, message });
}

/** A cancelled transaction, with a reason for each of its items in their order. */
export function cancelledAnswer(reasons: readonly (Reason | undefined)[]): Answer {
  const codes = reasons.map((reason) => reason?.code ?? 'None');
  return jsonAnswer(400, {
    __type: `${NAMESPACE}TransactionCanceledException`,
    CancellationReasons: reasons.map((reason) =>
      reason === undefined ? { Code: 'None' } : { Code: reason.code, Message: reason.message },
    ),
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
  });
}
