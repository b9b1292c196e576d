/** An error as a client of the AWS SDK throws it. */
export class AwsError extends Error {
  readonly $fault = 'client';
  readonly $metadata = { httpStatusCode: 400 };
  readonly CancellationReasons: readonly { readonly Code: string }[] | undefined;
  constructor(name: string, message: string, codes?: readonly string[]) {
    super(message);
    this.name = name;
    this.CancellationReasons = codes?.map((Code) => ({ Code }));
  }
}

export const conditionFailed = () => new AwsError('ConditionalCheckFailedException', 'The conditional request failed');

export const conflict = () => new AwsError('TransactionConflictException', 'Transaction is ongoing for the item');

/** @param codes one an item */
export const cancelled = (codes: readonly string[]) =>
  new AwsError('TransactionCanceledException', `Transaction cancelled [${codes.join(', ')}]`, codes);

/** No answer came: whoever called cannot say what was done. */
export class ConnectionLost extends Error {
  readonly code = 'ECONNRESET';
  constructor() {
    super('socket hang up');
    this.name = 'TimeoutError';
  }
}

/** How Step Functions names what became of an invocation whose function died. */
export class InvocationLost extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Lambda.Unknown';
  }
}
