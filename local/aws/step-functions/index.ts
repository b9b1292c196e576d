import type { Outages } from '../outages.ts';
import { createApi } from './api.ts';
import type { DeliveryOptions } from './delivery.ts';
import { createTimePrinter } from './engine/context-time.ts';
import { parseDefinition, readRootExecution, scaleDefinition } from './engine/definition.ts';
import type { InvokeTask } from './engine/execution.ts';
import { Executions } from './executions.ts';

export { OUTAGE_ERRORS } from './api.ts';
export type { InvokeTask, TaskContext } from './engine/execution.ts';
export type { HistoryEvent } from './engine/history.ts';
export type { StatusEvent } from './status-event.ts';

export interface StepFunctionsOptions extends Omit<DeliveryOptions, 'store'> {
  /** `arn:aws:states:<region>:<account>:stateMachine:<name>` */
  readonly stateMachineArn: string;
  /** ARNs that are accepted for the state machine as well. */
  readonly aliasArns: readonly string[];
  /** The parsed Amazon States Language definition, with real ARNs. */
  readonly definition: unknown;
  /** Multiplies every wait and timeout; 1 is real time. */
  readonly timeScale: number;
  /** Where executions are kept. Without it they live as long as the process. */
  readonly dataDir?: string | undefined;
  /** Asked for each time of the context object whether it is moved to a whole second, and so has no fraction. */
  readonly isWholeSecond?: (() => boolean) | undefined;
  readonly invokeTask: InvokeTask;
  /** What callers of the API meet; default: a service that always works. */
  readonly outages?: Outages | undefined;
}

/** Step Functions with one state machine. */
export type StepFunctions = ReturnType<typeof createStepFunctions>;

/**
 * Makes what runs one state machine behind Step Functions' own API.
 * @throws Error if the definition is invalid
 */
export function createStepFunctions(options: StepFunctionsOptions) {
  const { stateMachineArn, timeScale, invokeTask, isWholeSecond = () => false } = options;
  const definition = readRootExecution(scaleDefinition(parseDefinition(options.definition), timeScale));
  const printTime = createTimePrinter(isWholeSecond);
  const executions = new Executions({ ...options, program: { stateMachineArn, definition, invokeTask, printTime } });
  return { service: createApi(executions, options.outages), executions };
}
