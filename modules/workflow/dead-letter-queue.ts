import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { Construct } from 'constructs';

/** What the queue is called. */
export interface DeadLetterQueueProps {
  /** Name of the queue. */
  readonly name: string;
}

/** A queue for what could not be delivered or handled, kept as long as SQS allows. */
export class DeadLetterQueue extends Construct {
  readonly queue: SqsQueue;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new SqsQueue(this, 'queue', {
      name: props.name,
      messageRetentionSeconds: 14 * 24 * 60 * 60,
      // Encrypted by SQS itself: EventBridge can deliver without a grant on a key.
      sqsManagedSseEnabled: true,
    });
  }
}
