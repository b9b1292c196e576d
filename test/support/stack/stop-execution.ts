import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { LocalStack } from '../../../local/stack.ts';
import { clientConfig } from './endpoints.ts';

/** Stops an execution as somebody does by hand, past the API. */
export async function stopExecution({ awsUrl }: LocalStack, executionArn: string): Promise<void> {
  const client = new SFNClient({ ...clientConfig(awsUrl), maxAttempts: 10 });
  await client.send(new StopExecutionCommand({ executionArn, error: 'Outside', cause: 'by hand' }));
  client.destroy();
}
