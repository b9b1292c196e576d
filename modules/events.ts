import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { Construct } from 'constructs';
import { addEventTarget } from './event-target.ts';
import type { PublishedFunction } from './functions.ts';

/** What happens to the events of a state machine. */
export interface StatusEventsProps {
  /** Starts the rule's name. */
  readonly prefix: string;
  /** ARN of the state machine, without version or alias, as the events carry it. */
  readonly stateMachineArn: string;
  /** Called with each event. */
  readonly handler: PublishedFunction;
  /** Takes the events that could not be delivered, and those that the handler failed on for good. */
  readonly deadLetters: SqsQueue;
}

/**
 * Executions that ended without their last state having run (design.md section 7, rule 4): their status events go to
 * the handler. FAILED is among them for the execution whose own error handling failed.
 */
export class StatusEvents extends Construct {
  readonly rule: CloudwatchEventRule;

  constructor(scope: Construct, id: string, props: StatusEventsProps) {
    super(scope, id);
    this.rule = new CloudwatchEventRule(this, 'rule', {
      name: `${props.prefix}-execution-ended`,
      description: 'Executions that timed out, were stopped or failed are settled by handle-error',
      eventPattern: JSON.stringify({
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [props.stateMachineArn], status: ['TIMED_OUT', 'ABORTED', 'FAILED'] },
      }),
    });
    addEventTarget(this, {
      rule: this.rule,
      name: 'execution-ended',
      handler: props.handler,
      deadLetters: props.deadLetters,
      // After an hour the sweep has long settled the execution; until then, a delivery is tried again.
      maximumAgeSeconds: 60 * 60,
      deliveryRetries: 10,
    });
  }
}

/** What sweeps up after lost events. */
export interface SweepProps {
  /** Starts the rule's name. */
  readonly prefix: string;
  /** Called every five minutes. */
  readonly handler: PublishedFunction;
  /** Takes the sweeps that could not be started, and those that failed for good. */
  readonly deadLetters: SqsQueue;
}

/** Status events are best effort, so every five minutes the open executions are looked at (design.md section 7, rule 4). */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, props: SweepProps) {
    super(scope, id);
    const rule = new CloudwatchEventRule(this, 'rule', {
      name: `${props.prefix}-sweep`,
      description: 'Executions that nobody settled are settled by reconcile-executions',
      scheduleExpression: 'rate(5 minutes)',
    });
    addEventTarget(this, {
      rule,
      name: 'sweep',
      handler: props.handler,
      deadLetters: props.deadLetters,
      // By then the next sweep begins.
      maximumAgeSeconds: 5 * 60,
      deliveryRetries: 2,
    });
  }
}
