import { type RunOptions, StateMachine } from 'aws-local-stepfunctions';
import type { Definition } from './definition.ts';

/** JSON as the engine types it. */
export type Json = Parameters<StateMachine['run']>[0];

/** What the engine reports of a machine: its start, its states, its end. */
export type EngineEvent =
  ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** One run of a set of states: the execution itself, one item of a Map, or one branch of a Parallel. */
export interface Machine {
  /** The context object (`$$`) of this run. */
  readonly context: NonNullable<RunOptions['context']>;
  /** Called at once for each event, in order. What it throws fails the run. */
  onEvent(event: EngineEvent): void;
  /** Runs a task. What it rejects with is the task's error: `name` is Error, `message` is Cause. */
  onTask(stateName: string, resource: string, input: Json): Promise<Json>;
  /** A Map or Parallel state of this run starts a run of its own. Throws if that must not happen any more. */
  onNested(engineMachine: EngineMachine): Machine;
}

/** The engine's object for a set of states; a Map has one for all its items, a Parallel one for each branch. */
export interface EngineMachine {
  readonly definition: Pick<Definition, 'States'>;
}

const BEGIN = Symbol('begin');
type ObservedRunOptions = RunOptions & { [BEGIN]?: (engineMachine: EngineMachine) => Machine };

interface ExecuteOptions {
  readonly runOptions?: ObservedRunOptions;
  readonly eventLogger: {
    dispatch(event: EngineEvent): void;
    /** Called with the error itself, before it is retried, caught or thrown. */
    dispatchStateFailedEvent(stateName: string, stateType: string, input: Json, error: Error): void;
  };
}

const execute: unknown = Reflect.get(StateMachine.prototype, 'execute');
if (typeof execute !== 'function') {
  throw new Error(
    'aws-local-stepfunctions is not the version that local/aws/step-functions/engine/engine.ts was written for',
  );
}

/*
 * The engine's public seams are not enough: its event stream loses the last events of nested runs when a state ends
 * in the same tick, says nothing of which item of a nested Map an event belongs to, and shares one context object
 * between all of them. Every run, nested ones too, goes through this one method with its own event logger and options,
 * so the method is wrapped: events are delivered as they happen, and each run gets its own context and handlers.
 * Runs that were not started by `runDefinition` are not touched.
 */
Object.defineProperty(StateMachine.prototype, 'execute', {
  configurable: true,
  writable: true,
  value: async function observedExecute(
    this: EngineMachine,
    input: Json,
    options: ExecuteOptions,
    cleanUp: () => void,
  ): Promise<unknown> {
    const begin = options.runOptions?.[BEGIN];
    if (begin === undefined) return Reflect.apply(execute, this, [input, options, cleanUp]);
    try {
      const machine = begin(this);
      options.eventLogger.dispatch = (event) => machine.onEvent(event);
      emptyCauseOfTimeouts(options.eventLogger);
      return await Reflect.apply(execute, this, [input, observed(options, this, machine), cleanUp]);
    } finally {
      cleanUp();
    }
  },
});

/** The engine's own timeout of a task has `States.Timeout` for a message, and so for the Cause that a Catch binds; AWS has none. */
function emptyCauseOfTimeouts(eventLogger: ExecuteOptions['eventLogger']): void {
  const dispatch = eventLogger.dispatchStateFailedEvent.bind(eventLogger);
  eventLogger.dispatchStateFailedEvent = (stateName, stateType, input, error) => {
    if (error.name === 'States.Timeout' && error.message === error.name) error.message = '';
    dispatch(stateName, stateType, input, error);
  };
}

function observed(options: ExecuteOptions, { definition }: EngineMachine, machine: Machine): ExecuteOptions {
  const handlers = Object.entries(definition.States).flatMap(([name, state]) =>
    state.Type === 'Task' ? [[name, (input: Json) => machine.onTask(name, state.Resource, input)] as const] : [],
  );
  const runOptions: ObservedRunOptions = {
    ...options.runOptions,
    context: machine.context,
    overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) },
    [BEGIN]: (nested) => machine.onNested(nested),
  };
  return { ...options, runOptions };
}

/**
 * Runs a definition. `machine` hears of everything; `failed` is called when the engine rejects, which includes every
 * ordinary failure that `machine` has heard of before.
 */
export function runDefinition(
  definition: Definition,
  input: Json,
  machine: Machine,
  failed: (error: unknown) => void,
): { abort(): void } {
  const runOptions: ObservedRunOptions = { [BEGIN]: () => machine };
  const run = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(input, runOptions);
  run.result.catch(failed);
  return { abort: run.abort };
}
