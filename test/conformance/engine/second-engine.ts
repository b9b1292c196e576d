import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { type StatusEvent, statusEvent } from '../../../local/aws/step-functions/status-event.ts';
import { conformanceProgram } from '../python.ts';
import { TIME_SCALE } from './scripts.ts';
import { type ServicesOptions, startServices } from './services.ts';

const PROGRAM = join(import.meta.dirname, 'second-engine.py');
const KEPT_OUTPUT = 4_096;

/** A client of Step Functions' API at this address. */
export const sfnAt = (endpoint: string, region: string) =>
  new SFNClient({ endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

/**
 * Starts moto's server on a free port and waits until it listens. CONFORMANCE_LOG=1 shows what it says.
 * @param servicesPort where it finds Lambda and SNS
 * @throws Error with its output when it ends early
 */
async function startMoto(account: string, servicesPort: number) {
  const child = spawn(conformanceProgram('python'), [PROGRAM, '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      TIME_SCALE: String(TIME_SCALE),
      MOTO_PORT: String(servicesPort),
      MOTO_ACCOUNT_ID: account,
    },
  });
  const killWithParent = () => child.kill('SIGKILL');
  process.on('exit', killWithParent);
  const ended = once(child, 'close').finally(() => process.off('exit', killWithParent));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      if (process.env.CONFORMANCE_LOG) console.error(line);
      output = `${output}${line}\n`.slice(-KEPT_OUTPUT);
      const found = /Running on (http:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    const fail = () => reject(new Error(`moto did not start: ${output}`));
    ended.then(fail, fail);
  });
  return {
    url,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

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
  const client = sfnAt(moto.url, region);
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
