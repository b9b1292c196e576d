import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { LocalStack } from '../../../local/stack.ts';

/** Stops an execution as somebody does by hand, past the API. */
export async function stopExecution({ awsUrl, description }: LocalStack, executionArn: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const { region } = description;
  const client = new SFNClient({ endpoint: awsUrl, region, credentials, maxAttempts: 10 });
  await client.send(new StopExecutionCommand({ executionArn, error: 'Outside', cause: 'by hand' }));
  client.destroy();
}
