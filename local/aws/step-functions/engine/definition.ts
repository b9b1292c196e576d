import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';

/** An Amazon States Language definition (JSONPath) that the engine's validator accepts. */
export type Definition = StateMachineDefinition;
type State = Definition['States'][string];

/** Node's timers hold 31 bits of milliseconds; AWS allows 99,999,999 s. A longer timer would fire at once. */
const LONGEST_TIMER_SECONDS = 2_147_483;
/** Code does not run faster when waits are scaled: a task gets at least this long, if it has as much unscaled. */
const SHORTEST_TASK_SECONDS = 1;

/** What passed, by its JSON: the validator compiles its schemas each time, a tenth of a second. */
const passed = new Map<string, Definition>();

/**
 * Checks a parsed definition.
 * @returns a copy (the validator writes into what it is given)
 * @throws Error with the validator's findings, or because the local stack does not run such definitions
 */
export function parseDefinition(value: unknown): Definition {
  const text = JSON.stringify(value);
  const known = passed.get(text);
  if (known !== undefined) return structuredClone(known);
  const copy: unknown = JSON.parse(text);
  assertDefinition(copy);
  const unknown = /"QueryLanguage":"JSONata"/.test(text) || allStates(copy).some(([, { Type }]) => Type === 'Parallel');
  if (unknown) throw new Error('The local stack runs definitions in JSONPath without Parallel states only');
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
  const scale = (seconds: number) => Math.min(seconds * timeScale, LONGEST_TIMER_SECONDS);
  const scaled = structuredClone(definition);
  if (scaled.TimeoutSeconds !== undefined) scaled.TimeoutSeconds = scale(scaled.TimeoutSeconds);
  for (const [, state] of allStates(scaled)) {
    if (state.Type === 'Wait' && state.Seconds !== undefined) state.Seconds = scale(state.Seconds);
    if (state.Type === 'Task' && state.TimeoutSecondsPath === undefined) {
      const { TimeoutSeconds: seconds = LONGEST_TIMER_SECONDS } = state;
      state.TimeoutSeconds = Math.max(scale(seconds), Math.min(seconds, SHORTEST_TASK_SECONDS));
    }
    for (const retrier of ('Retry' in state && state.Retry) || []) {
      retrier.IntervalSeconds = scale(retrier.IntervalSeconds ?? 1);
      if (retrier.MaxDelaySeconds !== undefined) retrier.MaxDelaySeconds = scale(retrier.MaxDelaySeconds);
    }
  }
  return scaled;
}

/**
 * A copy in which every path that reads `$$.Execution` reads `$$.RootExecution` instead. The engine overwrites
 * `Execution.Input` and `Execution.StartTime` of the context object for each item of a Map; the second name keeps
 * the real ones. Only fields that hold paths are touched.
 */
export function readRootExecution(definition: Definition): Definition {
  const holdsPath = (key: string) => key.endsWith('.$') || key.endsWith('Path') || key === 'Variable';
  return JSON.parse(JSON.stringify(definition), (key, value) =>
    typeof value === 'string' && holdsPath(key) ? value.replaceAll(/\$\$\.Execution\b/g, '$$$$.RootExecution') : value,
  );
}

/** Every state with its name, at any depth. */
export function allStates(definition: Definition): [string, State][] {
  return Object.entries(definition.States).flatMap(([name, state]): [string, State][] => {
    const nested = state.Type === 'Map' ? (state.ItemProcessor ?? state.Iterator) : undefined;
    return [[name, state], ...(nested === undefined ? [] : allStates(nested))];
  });
}
