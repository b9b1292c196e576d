import { isDeepStrictEqual } from 'node:util';
import { NO_ANSWER, type Played } from './play.ts';
import type { Call, End, Recording, Visit } from './recording.ts';

/** What differs, in the order in which it is told. */
export type Kind =
  | 'state is gone'
  | 'no answer recorded'
  | 'not entered'
  | 'new state'
  | 'order'
  | 'calls'
  | 'waits'
  | 'input'
  | 'outcome'
  | 'not asked for';

/** One way in which the run of today differs from the run of then. */
export interface Difference {
  readonly kind: Kind;
  readonly text: string;
  /** The items of Maps in which it is so; none for the run itself. */
  readonly places: readonly string[];
}

interface Found {
  readonly kind: Kind;
  readonly text: string;
  readonly place?: string;
}

/**
 * Compares a replay with its recording. Where nothing could be answered any more, or the execution was cut off from outside, nothing is
 * said of what would have followed.
 * @param states the names of all states of the definition of today
 */
export function compare(
  then: Recording,
  { now, asked, unanswered }: Played,
  states: ReadonlySet<string>,
): Difference[] {
  const ends: Ends = { isCut: CUT.has(then.end.status), isStopped: now.end.error === NO_ANSWER };
  const gone = new Set(then.visits.map(({ state }) => state).filter((state) => !states.has(state)));
  const found: Found[] = [...gone].map((state) => ({
    kind: 'state is gone',
    text: `${state} is a state of then that the definition of today does not have`,
  }));
  for (const place of new Set([...then.visits, ...now.visits].map((visit) => visit.place))) {
    const [before = [], after = []] = [then, now].map(({ visits }) => visits.filter((visit) => visit.place === place));
    const here = [
      ...unansweredOf(before, after, unanswered, ends),
      ...comparePaths(before, after, ends),
      ...pairsOf(before, after).flatMap((pair) => compareVisits(...pair, ends)),
    ];
    found.push(...here.map((each) => ({ ...each, place })));
  }
  if (!ends.isStopped) found.push(...compareEnds(then.end, now.end), ...notAskedFor(then, asked));
  return group(found);
}

/** What is not known of two runs. */
interface Ends {
  /** The run of then was cut off: what it would have done next is not known. A replay is a moment ahead, since nothing takes it time. */
  readonly isCut: boolean;
  /** So was the replay, at a call without an answer. */
  readonly isStopped: boolean;
}

const CUT: ReadonlySet<string> = new Set(['ABORTED', 'TIMED_OUT', 'RUNNING']);

/** Answers and errors that were recorded, and that no call of the replay got. */
function notAskedFor({ visits }: Recording, asked: ReadonlySet<Call>): Found[] {
  const left = visits.flatMap(({ calls }) => calls).filter((call) => call.result.kind !== 'open' && !asked.has(call));
  if (left.length === 0) return [];
  const states = [...Map.groupBy(left, ({ visit }) => visit.state)].map(
    ([state, { length }]) => `${length} of ${state}`,
  );
  return [{ kind: 'not asked for', text: `nobody asked for these recorded answers: ${states.join(', ')}` }];
}

const statesOf = (visits: readonly Visit[]) => visits.map(({ state }) => state);
/** Whether one list begins with all of the other. */
const begins = (longer: readonly string[], shorter: readonly string[]) =>
  isDeepStrictEqual(longer.slice(0, shorter.length), shorter);

function unansweredOf(then: readonly Visit[], now: readonly Visit[], unanswered: readonly Call[], ends: Ends): Found[] {
  const isAhead = (visit: Visit) =>
    ends.isCut &&
    !ends.isStopped &&
    begins(statesOf(now), statesOf(then)) &&
    (now.indexOf(visit) >= then.length || (visit === now.at(-1) && then.at(-1)?.exitedAt === undefined));
  return unanswered
    .filter(({ visit }) => now.includes(visit) && !isAhead(visit))
    .map(({ visit: { state }, number }) => ({
      kind: 'no answer recorded',
      text: `${state} makes call ${number} now, and no answer to it was recorded: the replay goes no further there`,
    }));
}

/** The visits of both runs that are the same: the n-th of each state. */
function pairsOf(then: readonly Visit[], now: readonly Visit[]): (readonly [Visit, Visit])[] {
  const left = [...now];
  return then.flatMap((visit) => {
    const index = left.findIndex(({ state }) => state === visit.state);
    const [other] = index < 0 ? [] : left.splice(index, 1);
    return other === undefined ? [] : [[visit, other] as const];
  });
}

function comparePaths(then: readonly Visit[], now: readonly Visit[], { isCut, isStopped }: Ends): Found[] {
  const [before, after] = [statesOf(then), statesOf(now)];
  if (isCut ? begins(after, before) : isDeepStrictEqual(after, before)) return [];
  const lost = without(before, after);
  const added = without(after, before);
  if (lost.length === 0 && added.length === 0) {
    const text = `the order was ${before.join(', ')}, and is ${after.join(', ')}`;
    return [{ kind: 'order', text }];
  }
  return [
    ...(isStopped ? [] : lost).map((state): Found => {
      return { kind: 'not entered', text: `${state} was entered then, and is not now` };
    }),
    ...added.map((state): Found => ({ kind: 'new state', text: `${state} is entered now, and was not then` })),
  ];
}

/** The names of a list that are not in another, as often as they are not. */
function without(names: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return names.filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

function compareVisits(then: Visit, now: Visit, { isCut, isStopped }: Ends): Found[] {
  const isThenOpen = isCut && then.exitedAt === undefined;
  const isNowOpen = isStopped && now.exitedAt === undefined;
  const labelsOf = ({ calls }: Visit) =>
    calls.map(labelOf).filter((label) => label !== LABELS.open || !(isThenOpen || isNowOpen));
  const [before, after] = [labelsOf(then), labelsOf(now)];
  const isSame =
    (isThenOpen && begins(after, before)) || (isNowOpen && begins(before, after)) || isDeepStrictEqual(before, after);
  const found: Found[] = [];
  if (!isSame) {
    const text = `${then.state} was ${listed(then.calls.map(labelOf))} then, and is ${listed(after)} now`;
    found.push({ kind: 'calls', text });
  }
  found.push(...compareWaits(then, now));
  const fields = differingFields(then.calls[0], now.calls[0]);
  if (fields.length > 0)
    found.push({ kind: 'input', text: `${then.state} is called with another input: ${fields.join(', ')}` });
  return found;
}

/** What a wait may take longer than the definition says: twice as long, and 1.5 s, as on a machine that is busy. */
const SLOWEST = { factor: 2, moreMs: 1500 };
/** Timers may fire a little early. */
const EARLIEST_MS = 100;

/** Compares the waits before calls. Those with jitter are no measure, and are 0 in a replay. */
function compareWaits(then: Visit, now: Visit): Found[] {
  const waitsOf = ({ calls }: Visit) => calls.slice(1).map(({ at }, index) => at - (calls[index]?.endedAt ?? at));
  const [before, after] = [waitsOf(then), waitsOf(now)];
  return after.flatMap((wait, index): Found[] => {
    const waited = before[index];
    if (wait === 0 || waited === undefined) return [];
    if (waited >= wait - EARLIEST_MS && waited <= wait * SLOWEST.factor + SLOWEST.moreMs) return [];
    const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
    const text = `${then.state} waited ${seconds(waited)} before call ${index + 2} then, and waits ${seconds(wait)} now`;
    return [{ kind: 'waits', text }];
  });
}

const labelOf = ({ result }: Call) => ('error' in result ? result.error : LABELS[result.kind]);
const LABELS = { answered: 'answered', open: 'no answer yet' };

/** `called 4 times (3 × TransientError, answered)` */
function listed(labels: readonly string[]): string {
  const runs: { label: string; count: number }[] = [];
  for (const label of labels) {
    const last = runs.at(-1);
    if (last?.label === label) last.count += 1;
    else runs.push({ label, count: 1 });
  }
  if (labels.length === 0) return 'not called';
  const shown = runs.map(({ label, count }) => (count === 1 ? label : `${count} × ${label}`)).join(', ');
  return `called ${labels.length === 1 ? 'once' : `${labels.length} times`} (${shown})`;
}

/** The fields of two calls' inputs that differ; times always do. */
function differingFields(then: Call | undefined, now: Call | undefined): string[] {
  if (then?.input === undefined || now?.input === undefined) return [];
  const [before, after] = [then.input, now.input].map(withoutTimes).map((text) => Object(JSON.parse(text)));
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

const withoutTimes = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>');

function compareEnds(then: End, now: End): Found[] {
  if (then.status === 'RUNNING') return [];
  const text = (end: End) => `${end.status}${end.error === undefined ? '' : ` (${end.error})`}`;
  if (text(then) !== text(now))
    return [{ kind: 'outcome', text: `the execution ended ${text(then)} then, and ends ${text(now)} now` }];
  const outputs = [then, now].map(({ output }) =>
    output === undefined ? undefined : JSON.parse(withoutTimes(output)),
  );
  if (isDeepStrictEqual(outputs[0], outputs[1])) return [];
  return [{ kind: 'outcome', text: `the execution ended ${then.status} as then, but with another output` }];
}

const ORDER: readonly Kind[] = [
  ...(['state is gone', 'no answer recorded', 'not entered', 'new state', 'order', 'calls', 'waits', 'input'] as const),
  ...(['outcome', 'not asked for'] as const),
];

/** The same difference of many items is one. */
function group(found: readonly Found[]): Difference[] {
  const byText = Map.groupBy(found, ({ text }) => text);
  const differences = [...byText.values()].map((same) => {
    const [{ kind, text } = { kind: 'order' as const, text: '' }] = same;
    return { kind, text, places: same.flatMap(({ place }) => place || []) };
  });
  return differences.sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
}
