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

/** Every definition that lacks a retrier or a catcher, or has two neighbours in the other order, and some with other numbers. */
export function brokenDefinitions(definition: unknown): Broken[] {
  const bodies = new Map<string, Body>(
    allStates(parseDefinition(definition)).map(([name, state]) => [name, { ...state }]),
  );
  /** The entries of a field of every state, each with what makes a definition in which other entries stand for it. */
  const entriesOf = (field: 'Retry' | 'Catch') =>
    [...bodies].flatMap(([state, body]) => {
      const entries: readonly Body[] = Array.isArray(body[field]) ? body[field] : [];
      return entries.map((entry, index) => {
        const broken = (what: string, ...others: readonly Body[]): Broken => {
          const change = (found: Body) => ({ ...found, [field]: entries.toSpliced(index, 1, ...others) });
          return { what: `${state} ${what}`, state, definition: changed(definition, { [state]: change }) };
        };
        return { state, entry, broken };
      });
    });
  const retriers = entriesOf('Retry');
  // With jitter, waits say little, and its 23 retries take long.
  const counted = retriers.filter(({ state, entry }) => COUNTED.includes(state) && entry.JitterStrategy === undefined);
  return [
    ...retriers.map(({ entry, broken }) => broken(`without its retrier of ${String(entry.ErrorEquals).split(',')[0]}`)),
    ...entriesOf('Catch').flatMap(({ state, broken }) => (state === UNREACHED ? [] : broken('without its catcher'))),
    ...NEIGHBOURS.map(([first, second]) => {
      const { Next, End } = bodies.get(second) ?? {};
      const states = {
        [first]: (body: Body) => ({ ...body, Next, End }),
        [second]: (body: Body) => ({ ...body, Next: first, End: undefined }),
      };
      const what = `${second} before ${first}`;
      return { what, state: undefined, definition: changed(definition, states, { [first]: second }) };
    }),
    ...counted.flatMap(({ entry, broken }) => [
      broken('with one more retry', { ...entry, MaxAttempts: Number(entry.MaxAttempts) + 1 }),
      broken('with waits that do not grow', { ...entry, BackoffRate: 1 }),
    ]),
  ];
}
