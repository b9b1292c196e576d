/** For restart.test.ts: a Step Functions in a process that can be killed. */
import { once } from 'node:events';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { STATE_MACHINE_ARN, startTestStack } from './test-support.ts';

const never = () => new Promise<never>(() => undefined);

const [{ dataDir, definition, inputs, delivers }] = await once(process, 'message');
const stack = await startTestStack({
  definition,
  dataDir,
  invokeTask: never,
  ...(delivers ? {} : { onStatusChange: never }),
});
for (const [name, input] of Object.entries<{ wait?: boolean }>(inputs)) {
  const command = new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, name, input: JSON.stringify(input) });
  const { executionArn } = await stack.client.send(command);
  const hasEnded = () => executionArn !== undefined && !stack.stepFunctions.executions.running().includes(executionArn);
  while (!input.wait && !hasEnded()) await new Promise(setImmediate);
}
const expected = delivers ? Object.values<{ wait?: boolean }>(inputs).map(({ wait }) => (wait ? 1 : 2)) : [];
while (stack.events.length < expected.reduce<number>((sum, count) => sum + count, 0)) await new Promise(setImmediate);
process.send?.('started');
