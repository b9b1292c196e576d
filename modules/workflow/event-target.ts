import type { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import type { Construct } from 'constructs';
import type { PublishedFunction } from './functions.ts';
import { allowService, policyDocument } from './policy.ts';

/** Which events go where. */
export interface EventTargetProps {
  /** Rule that yields the events. */
  readonly rule: CloudwatchEventRule;
  /** Name of the target and of the permission, unique on rule and function. */
  readonly name: string;
  /** Called with each event. */
  readonly handler: PublishedFunction;
  /** Takes the events that could not be delivered, and those that the handler failed on for good; of this rule alone. */
  readonly deadLetters: SqsQueue;
  /** Seconds after which an event is not worth handling any more. */
  readonly maximumAgeSeconds: number;
  /** How often EventBridge tries again to hand an event to Lambda. */
  readonly deliveryRetries: number;
}

/** Calls a function with the events of a rule. Nothing gets lost silently: what fails for good goes to the queue. */
export function addEventTarget(scope: Construct, props: EventTargetProps): void {
  const { rule, name, handler, deadLetters } = props;
  const mayDeliver = new SqsQueuePolicy(scope, 'dead-letter-policy', {
    queueUrl: deadLetters.url,
    policy: policyDocument([
      allowService('events.amazonaws.com', 'EventBridge', ['sqs:SendMessage'], [deadLetters.arn], {
        ArnEquals: { 'aws:SourceArn': rule.arn },
      }),
    ]),
  });
  const mayInvoke = new LambdaPermission(scope, 'permission', {
    statementId: name,
    action: 'lambda:InvokeFunction',
    principal: 'events.amazonaws.com',
    functionName: handler.function.functionName,
    qualifier: handler.live.name,
    sourceArn: rule.arn,
  });
  new CloudwatchEventTarget(scope, 'target', {
    rule: rule.name,
    targetId: name,
    arn: handler.live.arn,
    retryPolicy: {
      maximumEventAgeInSeconds: props.maximumAgeSeconds,
      maximumRetryAttempts: props.deliveryRetries,
    },
    deadLetterConfig: { arn: deadLetters.arn },
    dependsOn: [mayDeliver, mayInvoke],
  });
  // EventBridge's retries end once Lambda has taken the event; what the function then fails on is Lambda's to retry.
  new LambdaFunctionEventInvokeConfig(scope, 'retries', {
    functionName: handler.function.functionName,
    qualifier: handler.live.name,
    maximumEventAgeInSeconds: props.maximumAgeSeconds,
    maximumRetryAttempts: 2,
    destinationConfig: { onFailure: { destination: deadLetters.arn } },
  });
}
