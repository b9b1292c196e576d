import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { AwsError } from '../model/aws-errors.ts';
import type { Dynamo } from '../model/dynamo.ts';
import type { Past, StepFunctions } from '../model/step-functions.ts';
import { Pause } from '../stand-ins/invocation.ts';
import type { Actor } from './actor.ts';

export interface ObjectWrite {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** What calls are carried out against, and what they leave behind. */
export interface Services {
  readonly db: Dynamo;
  /** Of S3, by their keys. */
  readonly objects: Map<string, string>;
  readonly stepFunctions: StepFunctions;
  readonly messages: { readonly executionArn: string; readonly by: string }[];
  /** Executions, in the metrics. */
  counted: number;
  /** Whose write is looked at. */
  writer: Actor | undefined;
  onObject(write: ObjectWrite): void;
}

/** How a read may miss what was written last. */
export interface Delay {
  /** Changes that an index is behind. */
  readonly lag?: number;
  /** What DescribeExecution says instead of what is. */
  readonly past?: Past;
}

/**
 * Carries out a call against the models.
 * @throws AwsError
 */
export function execute(services: Services, actor: Actor, command: object, { lag = 0, past }: Delay = {}): unknown {
  services.writer = actor;
  if (command instanceof Pause) return undefined;
  if (command instanceof PublishCommand) return publish(services, actor, command);
  if (command instanceof PutObjectCommand) return putObject(services, command);
  if (command instanceof PutMetricDataCommand) return putMetrics(services, command);
  if (command instanceof ConverseCommand) return converse(command);
  if (
    command instanceof StartExecutionCommand ||
    command instanceof StopExecutionCommand ||
    command instanceof DescribeExecutionCommand
  ) {
    return services.stepFunctions.run(command, past);
  }
  return services.db.run(command, lag);
}

function publish(services: Services, actor: Actor, { input }: PublishCommand) {
  const executionArn = /^Execution: (\S+)$/m.exec(input.Message ?? '')?.[1] ?? 'unknown';
  services.messages.push({ executionArn, by: actor.id });
  return { MessageId: '1' };
}

/**
 * A model of S3, where nothing but objects of text are written. Of several that send `If-None-Match: *`, the first one
 * writes, and the others are refused. (Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".)
 */
function putObject(services: Services, { input: { Key: key = '', Body: after, IfNoneMatch } }: PutObjectCommand) {
  if (typeof after !== 'string') throw new Error('the model of S3 knows objects of text alone');
  const before = services.objects.get(key);
  if (IfNoneMatch === '*' && before !== undefined) {
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  services.objects.set(key, after);
  services.onObject({ key, before, after });
  return {};
}

function putMetrics(services: Services, { input }: PutMetricDataCommand) {
  services.counted += input.MetricData?.find(({ MetricName }) => MetricName === 'Executions')?.Value ?? 0;
  return {};
}

/** An AI that names the action that it was asked about. */
function converse({ input }: ConverseCommand) {
  const text = input.messages?.[0]?.content?.[0]?.text ?? '';
  const title = /^Action: "(.*)"$/m.exec(text)?.[1] ?? 'nothing';
  const task = { title: `Task of ${title}`, description: 'Do it', type: 'execution', estimatedMinutes: 5 };
  return {
    output: { message: { content: [{ toolUse: { name: 'save_tasks', input: { tasks: [task] } } }] } },
    stopReason: 'tool_use',
    usage: { inputTokens: 1, outputTokens: 1 },
  };
}
