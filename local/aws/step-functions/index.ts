import { type ApiOptions, createApi } from './api.ts';
import { type Definition, readRootExecution, scaleDefinition } from './engine/definition.ts';
import type { Program } from './engine/execution.ts';
import { Executions, type ExecutionsOptions } from './executions.ts';

export { OUTAGE_ERRORS } from './api.ts';
export type { InvokeTask, TaskContext } from './engine/execution.ts';
export { type HistoryEvent, logLine } from './engine/history.ts';
export type { StatusEvent } from './status-event.ts';
export { checkDefinition } from './validation.ts';

export interface StepFunctionsOptions
  extends Omit<ExecutionsOptions, 'program'>,
    ApiOptions,
    Pick<Program, 'stateMachineArn' | 'invokeTask' | 'onEvent'> {
  /** The parsed Amazon States Language definition, with real ARNs; what it must be is seen by {@link checkDefinition}. */
  readonly definition: unknown;
  /** Multiplies every wait and timeout; 1 is real time. */
  readonly timeScale: number;
  /** Asked for each time of the context object whether it is moved to a whole second, and so has no fraction. */
  readonly isWholeSecond?: (() => boolean) | undefined;
}

/** Step Functions with one state machine. */
export type StepFunctions = ReturnType<typeof createStepFunctions>;

/** Makes what runs one state machine behind Step Functions' own API. */
export function createStepFunctions(options: StepFunctionsOptions) {
  const { stateMachineArn, timeScale, invokeTask, onEvent, isWholeSecond = () => false } = options;
  const unscaled: Definition = JSON.parse(JSON.stringify(options.definition));
  const definition = readRootExecution(scaleDefinition(unscaled, timeScale));
  // In UTC with milliseconds, and without a fraction where it is zero, as Java prints an instant. A time that is moved to a
  // whole second is moved to the next one: one that is too early would take up to a second from the 300 of a batch, which at
  // a small TIME_SCALE is a third of them.
  const printTime = (milliseconds: number) =>
    new Date(isWholeSecond() ? Math.ceil(milliseconds / 1000) * 1000 : milliseconds)
      .toISOString()
      .replace('.000Z', 'Z');
  const executions = new Executions({
    ...options,
    program: { stateMachineArn, definition, invokeTask, onEvent, printTime },
  });
  return { service: createApi(executions, options), executions };
}
