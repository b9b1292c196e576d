import { parseDefinition } from '../../local/step-functions/definition.ts';

/** A retrier as the definition has it, with what may be left out filled in. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
}

type States = ReturnType<typeof parseDefinition>['States'];

function find(states: States, name: string): States[string] | undefined {
  const own = states[name];
  if (own !== undefined) return own;
  for (const state of Object.values(states)) {
    const found = state.Type === 'Map' && state.ItemProcessor && find(state.ItemProcessor.States, name);
    if (found) return found;
  }
  return undefined;
}

/** The retriers of a state at any depth of the deployed definition. */
export function retriersOf(definition: unknown, stateName: string): Retrier[] {
  const state = find(parseDefinition(definition).States, stateName);
  if (state?.Type !== 'Task') throw new Error(`no task state ${stateName}`);
  return (state.Retry ?? []).map(({ ErrorEquals, IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2 }) => ({
    ErrorEquals,
    IntervalSeconds,
    MaxAttempts,
    BackoffRate,
  }));
}
