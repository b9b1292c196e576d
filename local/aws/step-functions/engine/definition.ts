import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';

/** An Amazon States Language definition (JSONPath) that the engine's validator accepts. */
export type Definition = StateMachineDefinition;
type State = Definition['States'][string];
type Retrier = NonNullable<Extract<State, { Type: 'Task' }>['Retry']>[number];

/** Node's timers hold 31 bits of milliseconds; AWS allows 99,999,999 s. A longer timer would fire at once. */
export const LONGEST_TIMER_SECONDS = 2_147_483;

/** What passed, by its JSON: the validator compiles its schemas each time, a tenth of a second. */
const passed = new Map<string, Definition>();

/**
 * Checks a parsed definition.
 * @returns a copy (the validator writes into what it is given)
 * @throws Error with the validator's findings, or because the definition uses JSONata
 */
export function parseDefinition(value: unknown): Definition {
  const text = JSON.stringify(value);
  const known = passed.get(text);
  if (known !== undefined) return structuredClone(known);
  const copy: unknown = structuredClone(value);
  assertDefinition(copy);
  if (JSON.stringify(copy).includes('"QueryLanguage":"JSONata"')) {
    throw new Error('State machine definition is invalid: the local stack runs JSONPath definitions only');
  }
  passed.set(text, structuredClone(copy));
  return copy;
}

function assertDefinition(value: unknown): asserts value is Definition {
  Reflect.construct(StateMachine, [value]);
}

/**
 * A copy of the definition whose waits and timeouts are `timeScale` times as long: `TimeoutSeconds` of the execution
 * and of tasks (of these, no less than a second), `IntervalSeconds` and `MaxDelaySeconds` of retriers, `Seconds` of
 * waits. What ASL lets one leave out is written out, because the engine's own defaults differ from AWS's (a task
 * without `TimeoutSeconds` may run for 99,999,999 s on AWS, for 60 s in the engine). Durations that come from data
 * (`SecondsPath`, `TimeoutSecondsPath`, timestamps) cannot be scaled.
 */
export function scaleDefinition(definition: Definition, timeScale: number): Definition {
  const scaled = { ...definition, States: mapStates(definition.States, (state) => scaleState(state, timeScale)) };
  if (definition.TimeoutSeconds !== undefined) scaled.TimeoutSeconds = scale(definition.TimeoutSeconds, timeScale);
  return scaled;
}

function scaleState(state: State, timeScale: number): State {
  switch (state.Type) {
    case 'Task': {
      const task = { ...state };
      if (task.TimeoutSecondsPath === undefined) {
        task.TimeoutSeconds =
          task.TimeoutSeconds === undefined ? LONGEST_TIMER_SECONDS : scaleTask(task.TimeoutSeconds, timeScale);
      }
      if (task.Retry !== undefined) task.Retry = task.Retry.map((retrier) => scaleRetrier(retrier, timeScale));
      return task;
    }
    case 'Map': {
      const map = { ...state };
      if (map.ItemProcessor !== undefined) map.ItemProcessor = scaleDefinition(map.ItemProcessor, timeScale);
      if (map.Iterator !== undefined) map.Iterator = scaleDefinition(map.Iterator, timeScale);
      if (map.Retry !== undefined) map.Retry = map.Retry.map((retrier) => scaleRetrier(retrier, timeScale));
      return map;
    }
    case 'Parallel': {
      const parallel = { ...state, Branches: state.Branches.map((branch) => scaleDefinition(branch, timeScale)) };
      if (parallel.Retry !== undefined) {
        parallel.Retry = parallel.Retry.map((retrier) => scaleRetrier(retrier, timeScale));
      }
      return parallel;
    }
    case 'Wait':
      return state.Seconds === undefined ? { ...state } : { ...state, Seconds: scale(state.Seconds, timeScale) };
    default:
      return { ...state };
  }
}

function scaleRetrier(retrier: Retrier, timeScale: number): Retrier {
  const scaled = { ...retrier, IntervalSeconds: scale(retrier.IntervalSeconds ?? 1, timeScale) };
  if (retrier.MaxDelaySeconds !== undefined) scaled.MaxDelaySeconds = scale(retrier.MaxDelaySeconds, timeScale);
  return scaled;
}

/** Code does not run faster when waits are scaled: a task gets at least this long, if it has as much unscaled. */
const SHORTEST_TASK_SECONDS = 1;

function scaleTask(seconds: number, timeScale: number): number {
  return Math.max(scale(seconds, timeScale), Math.min(seconds, SHORTEST_TASK_SECONDS));
}

function scale(seconds: number, timeScale: number): number {
  return Math.min(seconds * timeScale, LONGEST_TIMER_SECONDS);
}

/**
 * A copy in which every path that reads `$$.Execution` reads `$$.RootExecution` instead. The engine overwrites
 * `Execution.Input` and `Execution.StartTime` of the context object for each item of a Map; the second name keeps
 * the real ones. Only fields that hold paths are touched.
 */
export function readRootExecution(definition: Definition): Definition {
  return JSON.parse(JSON.stringify(definition), (key, value) =>
    typeof value === 'string' && holdsPath(key) ? value.replaceAll(/\$\$\.Execution\b/g, '$$$$.RootExecution') : value,
  );
}

function holdsPath(key: string): boolean {
  return key.endsWith('.$') || key.endsWith('Path') || key === 'Variable';
}

/** `TimeoutSeconds` of every task that has one, by state name, at any depth (names are unique in a definition). */
export function taskTimeouts(definition: Definition): ReadonlyMap<string, number> {
  return new Map(
    allStates(definition).flatMap(([name, state]) =>
      state.Type === 'Task' && state.TimeoutSeconds !== undefined ? [[name, state.TimeoutSeconds] as const] : [],
    ),
  );
}

/** Every state with its name, at any depth. */
export function allStates(definition: Definition): [string, State][] {
  return Object.entries(definition.States).flatMap(([name, state]): [string, State][] => {
    if (state.Type === 'Parallel') return [[name, state], ...state.Branches.flatMap(allStates)];
    const nested = state.Type === 'Map' ? (state.ItemProcessor ?? state.Iterator) : undefined;
    return [[name, state], ...(nested === undefined ? [] : allStates(nested))];
  });
}

function mapStates(states: Record<string, State>, change: (state: State) => State): Record<string, State> {
  return Object.fromEntries(Object.entries(states).map(([name, state]) => [name, change(state)]));
}
