import { allStates, parseDefinition } from '../../local/step-functions/definition.ts';

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

/** The second of two neighbours comes first. */
function exchanged(definition: unknown, first: string, second: string): unknown {
  const after = ({ Next, End }: Body) => (Next === undefined ? { End } : { Next });
  const [, last] = allStates(parseDefinition(definition)).find(([name]) => name === second) ?? [];
  const { Next: _next, End: _end, ...rest } = { Next: undefined, End: undefined, ...last };
  if (last === undefined) throw new Error(`no state ${second}`);
  return changed(
    definition,
    {
      [first]: ({ Next, End, ...body }) => ({ ...body, ...after({ ...last }) }),
      [second]: () => ({ ...rest, Next: first }),
    },
    { [first]: second },
  );
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

/** Every definition that lacks a retrier or a catcher, or has two neighbours in the other order, and some with other numbers. */
export function brokenDefinitions(definition: unknown): Broken[] {
  const states = allStates(parseDefinition(definition)).map(([name, state]) => [name, { ...state }] as const);
  const entries = (field: 'Retry' | 'Catch') =>
    states.flatMap(([state, body]: readonly [string, Body]) =>
      listOf(body, field).map((entry, index) => ({ state, index, entry })),
    );
  const errors = ({ ErrorEquals }: Body) => String(ErrorEquals).split(',')[0];
  return [
    ...entries('Retry').map(({ state, index, entry }) => ({
      what: `${state} without its retrier of ${errors(entry)}`,
      state,
      definition: withEntry(definition, state, 'Retry', index, () => undefined),
    })),
    ...entries('Catch').flatMap(({ state, index }) =>
      state === UNREACHED
        ? []
        : {
            what: `${state} without its catcher`,
            state,
            definition: withEntry(definition, state, 'Catch', index, () => undefined),
          },
    ),
    ...NEIGHBOURS.map(([first, second]) => ({
      what: `${second} before ${first}`,
      state: undefined,
      definition: exchanged(definition, first, second),
    })),
    ...['GetActions', 'SaveTasks', 'NotifyPartial'].flatMap((state) => [
      {
        what: `${state} with one more retry`,
        state,
        definition: withEntry(definition, state, 'Retry', state === 'SaveTasks' ? 1 : 0, (entry) => ({
          ...entry,
          MaxAttempts: Number(entry.MaxAttempts) + 1,
        })),
      },
      {
        what: `${state} with waits that do not grow`,
        state,
        definition: withEntry(definition, state, 'Retry', state === 'SaveTasks' ? 1 : 0, (entry) => ({
          ...entry,
          BackoffRate: 1,
        })),
      },
    ]),
  ];
}
