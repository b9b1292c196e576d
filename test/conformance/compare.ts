import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import type { Observation } from './observe.ts';
import { type Expected, SAVED_PATH, type Scenario, type Wait } from './scenarios.ts';

/** Timers may fire a millisecond early, and times are read in whole ones; in seconds of the definition. */
const TIMER_SECONDS = 0.06;
/** What a busy machine may add to the waits of a call, all together; in seconds of the definition. */
const NOISE_SECONDS = 3;

const leastOf = (wait: Wait) => (typeof wait === 'number' ? wait : 0);
const mostOf = (wait: Wait) => (typeof wait === 'number' ? wait : wait.upTo);
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** No wait is shorter than the definition's, and together they are not half as long again. */
function expectWaits(key: string, measured: readonly number[], expected: readonly Wait[]): void {
  const shown = `waits of ${key}: ${measured.map((seconds) => seconds.toFixed(1)).join(', ')}`;
  expect(measured, shown).to.have.length(expected.length);
  for (const [index, wait] of expected.entries()) {
    expect(measured[index], shown).to.be.at.least(leastOf(wait) - TIMER_SECONDS);
  }
  expect(sum(measured), shown).to.be.at.most(1.5 * sum(expected.map(mostOf)) + NOISE_SECONDS);
}

const isPlain = (calls: readonly string[]) => calls.every((each) => each === 'ok');

/** What the promises say of a scenario, held against a run of it. */
export function expectPromises({ actions, expected }: Scenario, observed: Observation): void {
  const {
    engine,
    record,
    goal,
    path,
    actionPaths = {},
    calls = {},
    waits = {},
    failed = {},
    messages = [],
  }: Expected = expected;
  const [status, error] = engine;
  expect(observed.path, 'states of the run').to.deep.equal(path);
  expect(observed.engine, 'end of the execution').to.include({ status, error });
  expect(observed.record.status, 'the record').to.equal(record);
  expect(observed.goal, 'the goal').to.equal(goal);
  const hasBatches = path.includes('ProcessBatches');
  for (let position = 0; position < actions; position += 1) {
    const states = actionPaths[position] ?? (hasBatches ? SAVED_PATH : []);
    expect(observed.actionPaths[position], `states of action ${position}`).to.deep.equal(states);
  }
  const unusual = Object.entries(observed.calls).filter(([, each]) => !isPlain(each));
  expect(Object.fromEntries(unusual), 'calls').to.deep.equal(calls);
  for (const [key, expectedWaits] of Object.entries(waits)) {
    expectWaits(key, observed.waits[key] ?? [], expectedWaits);
  }
  const notSaved = observed.outcomes.filter(({ outcome }) => outcome !== 'SAVED');
  expect(
    Object.fromEntries(notSaved.map((each) => [each.position, each.error ?? each.outcome])),
    'outcomes',
  ).to.deep.equal(failed);
  expect(
    observed.messages.map(({ attributes }) => Reflect.get(Object(attributes), 'kind')),
    'messages',
  ).to.deep.equal(messages);
}

/** One value that two observations do not have in common. */
export interface Difference {
  /** As in `record.status`. */
  readonly path: string;
  readonly local: unknown;
  readonly second: unknown;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Every value in which two observations differ, but for their waits, which are held against the definition's. */
export function differencesOf(local: unknown, second: unknown, path: readonly string[] = []): Difference[] {
  if (path[0] === 'waits' || isDeepStrictEqual(local, second)) return [];
  if (!isObject(local) || !isObject(second) || Array.isArray(local) !== Array.isArray(second)) {
    return [{ path: path.join('.'), local, second }];
  }
  const names = new Set([...Object.keys(local), ...Object.keys(second)]);
  return [...names].flatMap((name) =>
    differencesOf(Reflect.get(local, name), Reflect.get(second, name), [...path, name]),
  );
}
