import { once } from 'node:events';
import type { Outages } from '../outages.ts';
import { callOperation } from './api.ts';
import { createTimePrinter } from './engine/context-time.ts';
import { parseDefinition, readRootExecution, scaleDefinition, taskTimeouts } from './engine/definition.ts';
import type { InvokeTask } from './engine/execution.ts';
import { type Call, createJsonServer } from './server.ts';
import { ExecutionService } from './service.ts';
import type { StatusEvent } from './status-event.ts';

export type { InvokeTask, TaskContext } from './engine/execution.ts';
export type { HistoryEvent } from './engine/history.ts';
export { OUTAGE_ERRORS } from './errors.ts';
export type { StatusEvent } from './status-event.ts';

export interface StepFunctionsOptions {
  /** `arn:aws:states:<region>:<account>:stateMachine:<name>` */
  readonly stateMachineArn: string;
  /** ARNs that are accepted for the state machine as well. */
  readonly aliasArns: readonly string[];
  /** The parsed Amazon States Language definition, with real ARNs. */
  readonly definition: unknown;
  /** Multiplies every wait and timeout; 1 is real time. */
  readonly timeScale: number;
  /** Where executions are kept. Without it they live as long as the process. */
  readonly dataDir?: string;
  /** Shown as the execution role; nothing is checked against it. */
  readonly roleArn?: string;
  readonly port?: number;
  /** Asked for each time of the context object whether it is moved to a whole second, and so has no fraction. */
  readonly isWholeSecond?: () => boolean;
  readonly invokeTask: InvokeTask;
  /** Gets each status event at least once; it is tried again until it resolves. */
  readonly onStatusChange: (event: StatusEvent) => Promise<void> | void;
  /** What callers of the API meet; default: a service that always works. */
  readonly outages?: Outages;
  /** Told of each failed delivery. */
  readonly onDeliveryFailure?: (event: StatusEvent, error: unknown) => void;
}

/** A running Step Functions. */
export interface StepFunctions {
  readonly url: string;
  readonly port: number;
  readonly executions: Pick<ExecutionService, 'describe' | 'history' | 'list' | 'running' | 'stateEntries'>;
  /** See `ExecutionService.recover`. Call it once `onStatusChange` can do its work. */
  recover(): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * Runs one state machine behind Step Functions' own API on 127.0.0.1.
 * @throws Error if the definition is invalid, timeScale is not positive, or the port is in use (code EADDRINUSE)
 */
export async function startStepFunctions(options: StepFunctionsOptions): Promise<StepFunctions> {
  const { stateMachineArn, timeScale } = options;
  if (!(timeScale > 0)) throw new Error(`timeScale must be above 0, not ${timeScale}`);
  const [, , , region = '', account = '', , stateMachineName = ''] = stateMachineArn.split(':');
  const definition = parseDefinition(options.definition);
  const service = new ExecutionService({
    program: {
      stateMachineArn,
      stateMachineName,
      roleArn: options.roleArn ?? `arn:aws:iam::${account}:role/${stateMachineName}`,
      region,
      definition: readRootExecution(scaleDefinition(definition, timeScale)),
      timeouts: taskTimeouts(definition),
      invokeTask: options.invokeTask,
      printTime: createTimePrinter(options.isWholeSecond ?? (() => false)),
    },
    aliasArns: options.aliasArns,
    dataDir: options.dataDir,
    timeScale,
    onStatusChange: options.onStatusChange,
    onDeliveryFailure: options.onDeliveryFailure ?? (() => undefined),
  });
  const call: Call = (name, body) => callOperation(service, name, body, stateMachineArn);
  const server = createJsonServer(call, options.outages);
  try {
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    await service.close();
    throw error;
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    executions: service,
    recover: () => service.recover(),
    async close() {
      if (server.listening) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }
      await service.close();
    },
  };
}
