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

// Much of what is answered is an error, which is slow to make: these are made once.
export const CONDITION_FAILED = new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
export const CONFLICT = new AwsError('TransactionConflictException', 'Transaction is ongoing for the item');
export const DOES_NOT_EXIST = new AwsError('ExecutionDoesNotExist', 'Execution Does Not Exist');

/** @param codes one an item */
export const cancelled = (codes: readonly string[]) =>
  new AwsError('TransactionCanceledException', `Transaction cancelled [${codes.join(', ')}]`, codes);

/** No answer came: whoever called cannot say what was done. */
export const CONNECTION_LOST = Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });

/** How Step Functions names what became of an invocation whose function died, or was given up. */
export const INVOCATION_LOST = Object.assign(new Error('the function died'), { name: 'Lambda.Unknown' });
