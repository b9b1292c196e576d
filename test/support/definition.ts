import { allStates, type Definition, parseDefinition } from '../../local/aws/step-functions/engine/definition.ts';

/** A retrier as the definition has it, with what may be left out filled in. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
}

/** The retriers of a state at any depth of the deployed definition. */
export function retriersOf(definition: unknown, stateName: string): Retrier[] {
  const [, state] = allStates(parseDefinition(definition)).find(([name]) => name === stateName) ?? [];
  if (state?.Type !== 'Task') throw new Error(`no task state ${stateName}`);
  return (state.Retry ?? []).map(({ ErrorEquals, IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2 }) => ({
    ErrorEquals,
    IntervalSeconds,
    MaxAttempts,
    BackoffRate,
  }));
}

/** One level of the synthesized definition: the whole, or the inside of a Map. */
export interface Level {
  /** The Map around it; undefined for the whole. */
  readonly map: string | undefined;
  readonly startAt: string;
  /** The states that may follow a state, by Next, Catch, Choices or Default. */
  readonly following: ReadonlyMap<string, ReadonlySet<string>>;
  /** States after which the level may be over. */
  readonly last: ReadonlySet<string>;
  readonly types: ReadonlyMap<string, string>;
}

function followingOf(state: Definition['States'][string]): Set<string> {
  const names: (string | undefined)[] = [];
  if ('Next' in state) names.push(state.Next);
  if ('Catch' in state) names.push(...(state.Catch ?? []).map(({ Next }) => Next));
  if (state.Type === 'Choice') names.push(state.Default, ...state.Choices.map(({ Next }) => Next));
  return new Set(names.filter((name) => name !== undefined));
}

function readLevels({ StartAt, States }: Definition, map?: string): Level[] {
  const states = Object.entries(States);
  const level = {
    map,
    startAt: StartAt,
    following: new Map(states.map(([name, state]) => [name, followingOf(state)])),
    last: new Set(
      states.flatMap(([name, state]) =>
        state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true) ? name : [],
      ),
    ),
    types: new Map(states.map(([name, { Type }]) => [name, Type])),
  };
  const inner = states.flatMap(([name, state]) =>
    state.Type === 'Map' && state.ItemProcessor !== undefined ? readLevels(state.ItemProcessor, name) : [],
  );
  return [level, ...inner];
}

/**
 * The levels of a definition, outermost first.
 * @param definition as the description of a stack has it
 */
export const levelsOf = (definition: unknown) => readLevels(parseDefinition(definition));
