import { allStates, parseDefinition } from '../../local/aws/step-functions/engine/definition.ts';

/** A definition with one thing changed in it. */
export interface Broken {
  readonly what: string;
  /** The state that shows it, as the scenarios' names begin; undefined when any run does. */
  readonly state: string | undefined;
  readonly definition: unknown;
}

type Body = Readonly<Record<string, unknown>>;

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && 'Type' in value;

/** A copy with the bodies of states, at any depth, and the names that lead to them, changed. */
function changed(
  definition: unknown,
  states: Readonly<Record<string, (body: Body) => Body>>,
  names: Readonly<Record<string, string>> = {},
): unknown {
  return JSON.parse(JSON.stringify(definition), (key, value: unknown) => {
    if ((key === 'StartAt' || key === 'Next') && typeof value === 'string') return names[value] ?? value;
    return isBody(value) ? (states[key]?.(value) ?? value) : value;
  });
}

const listOf = (body: Body, field: string): readonly Body[] => {
  const list = body[field];
  return Array.isArray(list) ? list : [];
};

/** Changes one entry of a state's Retry or Catch; undefined takes it out. */
function withEntry(
  definition: unknown,
  state: string,
  field: 'Retry' | 'Catch',
  index: number,
  change: (entry: Body) => Body | undefined,
): unknown {
  return changed(definition, {
    [state]: (body) => ({
      ...body,
      [field]: listOf(body, field).flatMap((entry, each) => (each === index ? (change(entry) ?? []) : entry)),
    }),
  });
}

const statesOf = (definition: unknown): readonly (readonly [string, Body])[] =>
  allStates(parseDefinition(definition)).map(([name, state]) => [name, { ...state }]);

/** The second of two neighbours comes first. */
function exchanged(definition: unknown, first: string, second: string): unknown {
  const last = new Map(statesOf(definition)).get(second);
  const states = {
    [first]: (body: Body) => ({ ...body, Next: last?.Next, End: last?.End }),
    [second]: (body: Body) => ({ ...body, Next: first, End: undefined }),
  };
  return changed(definition, states, { [first]: second });
}

const NEIGHBOURS = [
  ['ValidateInput', 'GetActions'],
  ['GetActions', 'CreateBatches'],
  ['GenerateTasks', 'SaveTasks'],
  ['ProcessActions', 'UpdateProgress'],
  ['AggregateResults', 'UpdateGoalStatus'],
] as const;

/** The Catch of ProcessBatches has nothing to catch: whatever fails in a batch is caught there. It is a second barrier. */
const UNREACHED = 'ProcessBatches';

/** One state of each kind of retrier: all that have the same one are alike. */
const COUNTED = ['GetActions', 'GenerateTasks', 'SaveTasks', 'NotifyPartial'];
const NUMBERS: Readonly<Record<string, (retrier: Body) => Body>> = {
  'one more retry': (retrier) => ({ ...retrier, MaxAttempts: Number(retrier.MaxAttempts) + 1 }),
  'waits that do not grow': (retrier) => ({ ...retrier, BackoffRate: 1 }),
};

/** Every definition that lacks a retrier or a catcher, or has two neighbours in the other order, and some with other numbers. */
export function brokenDefinitions(definition: unknown): Broken[] {
  const entries = (field: 'Retry' | 'Catch') =>
    statesOf(definition).flatMap(([state, body]) =>
      listOf(body, field).map((entry, index) => ({
        state,
        entry,
        broken: (change: (entry: Body) => Body | undefined) => withEntry(definition, state, field, index, change),
      })),
    );
  const retriers = entries('Retry');
  const catchers = entries('Catch').filter(({ state }) => state !== UNREACHED);
  // With jitter, waits say little, and its 23 retries take long.
  const counted = retriers.filter(({ state, entry }) => COUNTED.includes(state) && entry.JitterStrategy === undefined);
  return [
    ...retriers.map(({ state, entry, broken }) => ({
      what: `${state} without its retrier of ${String(entry.ErrorEquals).split(',')[0]}`,
      state,
      definition: broken(() => undefined),
    })),
    ...catchers.map(({ state, broken }) => ({
      what: `${state} without its catcher`,
      state,
      definition: broken(() => undefined),
    })),
    ...NEIGHBOURS.map(([first, second]) => ({
      what: `${second} before ${first}`,
      state: undefined,
      definition: exchanged(definition, first, second),
    })),
    ...counted.flatMap(({ state, broken }) =>
      Object.entries(NUMBERS).map(([what, change]) => ({
        what: `${state} with ${what}`,
        state,
        definition: broken(change),
      })),
    ),
  ];
}
