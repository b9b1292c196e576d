import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { type Names, QUEUES, type QueueName } from '../names.ts';
import { allowService, policyDocument, tlsOnly } from '../policy-document.ts';
import type { LambdaName } from './function-table.ts';
import type { Lambdas } from './published-function.ts';

/** Events that call a function without anybody who waits for the answer. */
interface EventSpec {
  /** Names the resources in the stack. */
  readonly id: string;
  /** Ends the rule's name; names target and permission. */
  readonly name: string;
  readonly description: string;
  /** When there is an event: as another service's events tell, or by the clock. */
  readonly when: { readonly eventPattern: string } | { readonly scheduleExpression: string };
  /** Called with each event. */
  readonly handler: LambdaName;
  /** Takes the events that could not be delivered, and those that the handler failed on for good; of this rule alone. */
  readonly deadLetters: QueueName;
  /** Seconds after which an event is not worth handling any more. */
  readonly maximumAgeSeconds: number;
  /** How often EventBridge tries again to hand an event to Lambda. */
  readonly deliveryRetries: number;
  /** Seconds from one event to the next, of a schedule. */
  readonly everySeconds?: number;
}

/** A schedule of every so many minutes, at least 2. Its event is worth handling until the next one. */
function every(minutes: number) {
  return {
    when: { scheduleExpression: `rate(${minutes} minutes)` },
    everySeconds: minutes * 60,
    maximumAgeSeconds: minutes * 60,
    deliveryRetries: 2,
  };
}

/** The events of a stage, each with a rule and a dead-letter queue of its own. */
export const eventsOf = ({ stateMachine }: Names): readonly EventSpec[] => [
  {
    // Executions that ended without their last state having run (rule 4). FAILED is among them for the execution whose
    // own error handling failed.
    id: 'status-events',
    name: 'execution-ended',
    description: 'Executions that timed out, were stopped or failed are settled by handle-error',
    when: {
      eventPattern: JSON.stringify({
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachine.arn], status: ['TIMED_OUT', 'ABORTED', 'FAILED'] },
      }),
    },
    handler: 'handle-error',
    deadLetters: 'status-events',
    // After an hour the sweep has long settled the execution; until then, a delivery is tried again.
    maximumAgeSeconds: 60 * 60,
    deliveryRetries: 10,
  },
  {
    // Status events are best effort, so the sweep looks at the open executions (rule 4).
    id: 'sweep',
    name: 'sweep',
    description: 'Executions that nobody settled are settled by reconcile-executions',
    handler: 'reconcile-executions',
    deadLetters: 'sweep',
    ...every(5),
  },
  {
    id: 'archive-schedule',
    name: 'archive',
    description: 'Executions that have ended are archived by archive-executions',
    handler: 'archive-executions',
    deadLetters: 'archive',
    ...every(60),
  },
];

/** The rules and schedules of a stage, with the functions that they call. A queue keeps each event that fails for good. */
export function addEventRules(scope: Construct, { prefix, names }: StageConfig, lambdas: Lambdas): void {
  for (const event of eventsOf(names)) {
    const { name, maximumAgeSeconds: maximumEventAgeInSeconds } = event;
    const { live, function: called } = lambdas[event.handler];
    const callee = { functionName: called.functionName, qualifier: live.name };
    const deadLetters = new SqsQueue(new Construct(scope, QUEUES[event.deadLetters]), 'queue', {
      name: names.queues[event.deadLetters].name,
      // As long as SQS allows.
      messageRetentionSeconds: 14 * 24 * 60 * 60,
      // Encrypted by SQS itself: EventBridge can deliver without a grant on a key.
      sqsManagedSseEnabled: true,
    });
    const events = new Construct(scope, event.id);
    const rule = new CloudwatchEventRule(events, 'rule', {
      name: `${prefix}-${name}`,
      description: event.description,
      ...event.when,
    });
    const mayDeliver = new SqsQueuePolicy(events, 'dead-letter-policy', {
      queueUrl: deadLetters.url,
      policy: policyDocument([
        tlsOnly(['sqs:*'], [deadLetters.arn]),
        allowService('events.amazonaws.com', 'EventBridge', ['sqs:SendMessage'], [deadLetters.arn], {
          ArnEquals: { 'aws:SourceArn': rule.arn },
        }),
      ]),
    });
    const mayInvoke = new LambdaPermission(events, 'permission', {
      ...callee,
      statementId: name,
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    });
    new CloudwatchEventTarget(events, 'target', {
      rule: rule.name,
      targetId: name,
      arn: live.arn,
      retryPolicy: { maximumEventAgeInSeconds, maximumRetryAttempts: event.deliveryRetries },
      deadLetterConfig: { arn: deadLetters.arn },
      dependsOn: [mayDeliver, mayInvoke],
    });
    // EventBridge's retries end once Lambda has taken the event; what the function then fails on is Lambda's to retry.
    new LambdaFunctionEventInvokeConfig(events, 'retries', {
      ...callee,
      maximumEventAgeInSeconds,
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: deadLetters.arn } },
    });
  }
}
