/** Every client that the Lambdas have, with calls that they make: prints what becomes of each. See ../replacements.test.ts. */
import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createClient } from '@goal-activity/core/aws/clients.ts';
import { createModelClient } from '../../../lambdas/generate-tasks/src/bedrock.ts';

const changes = { maxAttempts: 1 };
const database = DynamoDBDocumentClient.from(createClient(DynamoDBClient, changes));
const Update = {
  TableName: 't',
  Key: { a: 'b' },
  UpdateExpression: 'SET c = :d',
  ExpressionAttributeValues: { ':d': ['é', 1, null, { e: true }] },
};
const put = { Bucket: 'bucket', Key: 'a/b.json', Body: '{"é":1}', ContentType: 'application/json', IfNoneMatch: '*' };
const metric = { MetricName: 'm', Values: [1, 2], Counts: [3, 4], Timestamp: new Date(0) };
const MessageAttributes = { kind: { DataType: 'String', StringValue: 'k' } };

const calls: readonly (() => Promise<object>)[] = [
  () => database.send(new TransactWriteCommand({ TransactItems: [{ Update }], ClientRequestToken: 'token' })),
  () => database.send(new QueryCommand({ TableName: 't', KeyConditionExpression: 'a = b' })),
  () =>
    createClient(SFNClient, changes).send(
      new StartExecutionCommand({ stateMachineArn: 'arn', name: 'n', input: '{}' }),
    ),
  () =>
    createClient(SNSClient, changes).send(new PublishCommand({ TopicArn: 't', Message: 'é & m', MessageAttributes })),
  () =>
    createClient(CloudWatchClient, changes).send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [metric] })),
  () => createClient(S3Client, changes).send(new PutObjectCommand(put)),
  () =>
    createModelClient(changes).send(
      new ConverseCommand({ modelId: 'm:0', messages: [{ role: 'user', content: [{ text: 'é' }] }] }),
    ),
];

async function run(): Promise<void> {
  for (const call of calls) {
    const outcome = await call().catch((thrown: Error) => ({ ...thrown, name: thrown.name, message: thrown.message }));
    console.log(JSON.stringify({ ...outcome, $response: undefined }));
  }
}

void run();
