import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { AwsError } from '../model/aws-errors.ts';
import type { Past } from '../model/step-functions.ts';
import { checkObject } from '../rules/archive.ts';
import { Pause } from '../stand-ins/invocation.ts';
import type { Actor } from './actor.ts';
import type { World } from './world.ts';

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
export function execute(world: World, actor: Actor, command: object, { lag = 0, past }: Delay = {}): unknown {
  world.writer = actor;
  if (command instanceof Pause) return undefined;
  if (command instanceof PublishCommand) return publish(world, actor, command);
  if (command instanceof PutObjectCommand) return putObject(world, command);
  if (command instanceof PutMetricDataCommand) return putMetrics(world, command);
  if (command instanceof ConverseCommand) return converse(command);
  if (
    command instanceof StartExecutionCommand ||
    command instanceof StopExecutionCommand ||
    command instanceof DescribeExecutionCommand
  ) {
    return world.stepFunctions.run(command, past);
  }
  return world.db.run(command, lag);
}

function publish(world: World, actor: Actor, { input }: PublishCommand) {
  const executionArn = /^Execution: (\S+)$/m.exec(input.Message ?? '')?.[1] ?? 'unknown';
  world.messages.push({ executionArn, by: actor.id });
  return { MessageId: '1' };
}

/**
 * A model of S3, where nothing but objects of text are written. Of several that send `If-None-Match: *`, the first one
 * writes, and the others are refused. (Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".)
 */
function putObject(world: World, { input: { Key: key = '', Body: after, IfNoneMatch } }: PutObjectCommand) {
  if (typeof after !== 'string') throw new Error('the model of S3 knows objects of text alone');
  const before = world.objects.get(key);
  if (IfNoneMatch === '*' && before !== undefined) {
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  }
  world.objects.set(key, after);
  checkObject(world, { key, before, after });
  return {};
}

function putMetrics(world: World, { input }: PutMetricDataCommand) {
  world.counted += input.MetricData?.find(({ MetricName }) => MetricName === 'Executions')?.Value ?? 0;
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
