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
 * Executions that ended without their last state having run (rule 4): their status events go to
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

/** What is done again and again. */
export interface ScheduleProps {
  /** Starts the rule's name. */
  readonly prefix: string;
  /** Ends the rule's name; names target and permission. */
  readonly name: string;
  /** What it is for. */
  readonly description: string;
  /** Minutes from one run to the next, at least 2. */
  readonly everyMinutes: number;
  /** Called each time. */
  readonly handler: PublishedFunction;
  /** Takes the runs that could not be started, and those that failed for good. */
  readonly deadLetters: SqsQueue;
}

/** A schedule and the function that it calls. */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const { prefix, name, description, everyMinutes, handler, deadLetters } = props;
    const rule = new CloudwatchEventRule(this, 'rule', {
      name: `${prefix}-${name}`,
      description,
      scheduleExpression: `rate(${everyMinutes} minutes)`,
    });
    addEventTarget(this, {
      rule,
      name,
      handler,
      deadLetters,
      // By then the next run begins.
      maximumAgeSeconds: everyMinutes * 60,
      deliveryRetries: 2,
    });
  }
}
