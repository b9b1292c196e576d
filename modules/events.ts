import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import { Construct } from 'constructs';
import type { PublishedFunction } from './functions.ts';
import { allow, policyDocument } from './policy.ts';

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

/** After an hour the sweep has long settled the execution; until then, a delivery is tried again. */
const MAXIMUM_AGE_SECONDS = 60 * 60;

/**
 * Executions that ended without their last state having run (design.md section 7, rule 4): their status events go to
 * the handler. FAILED is among them for the execution whose own error handling failed.
 */
export class StatusEvents extends Construct {
  readonly rule: CloudwatchEventRule;

  constructor(scope: Construct, id: string, props: StatusEventsProps) {
    super(scope, id);
    const { handler, deadLetters } = props;
    this.rule = new CloudwatchEventRule(this, 'rule', {
      name: `${props.prefix}-execution-ended`,
      description: 'Executions that timed out, were stopped or failed are settled by handle-error',
      eventPattern: JSON.stringify({
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [props.stateMachineArn], status: ['TIMED_OUT', 'ABORTED', 'FAILED'] },
      }),
    });
    const mayDeliver = new SqsQueuePolicy(this, 'dead-letter-policy', {
      queueUrl: deadLetters.url,
      policy: policyDocument([
        {
          ...allow('EventBridge', ['sqs:SendMessage'], [deadLetters.arn], {
            ArnEquals: { 'aws:SourceArn': this.rule.arn },
          }),
          Principal: { Service: 'events.amazonaws.com' },
        },
      ]),
    });
    const mayInvoke = new LambdaPermission(this, 'permission', {
      statementId: 'execution-ended',
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      functionName: handler.function.functionName,
      qualifier: handler.live.name,
      sourceArn: this.rule.arn,
    });
    new CloudwatchEventTarget(this, 'target', {
      rule: this.rule.name,
      targetId: 'handle-error',
      arn: handler.live.arn,
      retryPolicy: { maximumEventAgeInSeconds: MAXIMUM_AGE_SECONDS, maximumRetryAttempts: 10 },
      deadLetterConfig: { arn: deadLetters.arn },
      dependsOn: [mayDeliver, mayInvoke],
    });
    // EventBridge's retries end once Lambda has taken the event; what the function then fails on is Lambda's to retry.
    new LambdaFunctionEventInvokeConfig(this, 'retries', {
      functionName: handler.function.functionName,
      qualifier: handler.live.name,
      maximumEventAgeInSeconds: MAXIMUM_AGE_SECONDS,
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: deadLetters.arn } },
    });
  }
}
