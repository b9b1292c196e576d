import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { type StatusEvent, statusEvent } from '../../../local/aws/step-functions/status-event.ts';
import { startMoto } from './moto.ts';
import { type ServicesOptions, startServices } from './services.ts';

export interface SecondEngineOptions extends Omit<ServicesOptions, 'motoUrl' | 'onStart'> {
  /** Gets what EventBridge would: the end of each execution. */
  readonly deliver: (event: StatusEvent) => Promise<void>;
}

/** Between two looks at an execution: moto tells nobody of its end. */
const POLL_MS = 50;
const ENDS = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** The event of an execution's end; undefined while it runs. */
function endOf(description: DescribeExecutionCommandOutput, stateMachineArn: string): StatusEvent | undefined {
  const { executionArn = '', name = '', input = '', output, error, cause, startDate, stopDate } = description;
  const status = ENDS.find((end) => end === description.status);
  if (status === undefined) return undefined;
  const dates = { startDate: Number(startDate), stopDate: Number(stopDate ?? new Date()) };
  const record = { executionArn, name, input, output, error, cause, status, ...dates, stateEntries: 0 };
  return statusEvent(record, stateMachineArn);
}

/** moto's Step Functions, whose tasks are done by the local stack, with the definition that is deployed. */
export async function startSecondEngine(options: SecondEngineOptions) {
  const { region, account, stateMachine } = options.description;
  const stateMachineArn = stateMachine.arn;

  async function watch(executionArn: string): Promise<void> {
    for (;;) {
      const end = endOf(await client.send(new DescribeExecutionCommand({ executionArn })), stateMachineArn);
      if (end !== undefined) return options.deliver(end);
      await sleep(POLL_MS);
    }
  }

  const services = await startServices({
    ...options,
    motoUrl: () => moto.url,
    onStart: (executionArn) => void watch(executionArn).catch((error: unknown) => console.error(executionArn, error)),
  });
  const moto = await startMoto(account, services.port);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SFNClient({ endpoint: moto.url, region, credentials });
  const definition = JSON.stringify(stateMachine.definition);
  const roleArn = `arn:aws:iam::${account}:role/${stateMachine.name}`;
  await client.send(new CreateStateMachineCommand({ name: stateMachine.name, definition, roleArn }));
  return {
    /** Of Step Functions' API. */
    url: services.url,
    /** Of the same without what differences.ts says is worked around. */
    motoUrl: moto.url,
    /** Executions that start from now on run this definition. */
    async setDefinition(changed: unknown) {
      await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(changed) }));
    },
    async close() {
      client.destroy();
      await moto.close();
      await services.close();
    },
  };
}
