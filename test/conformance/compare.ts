import { config, expect } from 'chai';
import { THROTTLED } from '../support/lambda-errors.ts';
import type { Observation } from './observe.ts';
import { type Calls, SAVED, type Scenario } from './scenarios/scenario.ts';

// What is printed of a failure is its message alone: of a run that is run once more, and of a broken definition.
config.truncateThreshold = 0;

/** Timers may fire a millisecond early, and times are read in whole ones; in seconds of the definition. */
const TIMER_SECONDS = 0.06;
/** What a machine adds to a wait when it is least busy; in seconds of the definition. */
const NOISE_SECONDS = 2.5;

const NOTIFY_WAITS = [2, 4, 8, 16, 30];
/** The promised waits before retries, in seconds of the definition, by state. */
const WAITS: Readonly<Record<string, readonly number[]>> = {
  GenerateTasks: [2, 4, 8],
  SaveTasks: [1, 2, 4],
  NotifyPartial: NOTIFY_WAITS,
  EscalatePartial: NOTIFY_WAITS,
  NotifyFailure: NOTIFY_WAITS,
};
const STEP_WAITS = [1, 2, 4, 8];
/** With jitter, each is anything up to that: those of an action's work that is throttled. */
const THROTTLED_WAITS = [2, 4, 8, 16, ...Array.from({ length: 19 }, () => 30)];

/** The waits between calls, for each state whose calls are said. */
function waitsOf(calls: Calls = {}) {
  return Object.entries(calls).map(([key, results]) => {
    const state = key.replace(/@.*$/, '');
    const waits = (WAITS[state] ?? STEP_WAITS).values();
    const throttled = THROTTLED_WAITS.values();
    const expected = results.slice(0, -1).map((error) => {
      const hasJitter = error === THROTTLED && SAVED.includes(state);
      const { value: most = 0 } = (hasJitter ? throttled : waits).next();
      return { least: hasJitter ? 0 : most, most };
    });
    return { key, state, expected };
  });
}

const isPlain = (calls: readonly string[]) => calls.every((each) => each === 'ok');

/** What becomes of actions whose last call fails, by position. */
function lostActions(calls: Calls) {
  const paths: Record<string, readonly string[]> = {};
  const errors: Record<string, string> = {};
  for (const [key, results] of Object.entries(calls)) {
    const [, state = '', position = ''] = /^(GenerateTasks|SaveTasks)@(\d+)$/.exec(key) ?? [];
    const last = results.at(-1) ?? 'ok';
    if (position === '' || last === 'ok' || last === 'open') continue;
    paths[position] = [...SAVED.slice(0, SAVED.indexOf(state) + 1), 'ActionFailed'];
    errors[position] = last;
  }
  return { paths, errors };
}

/** What the promises say of a scenario, held against a run of it. No wait is shorter than the definition's. */
export function expectPromises(scenario: Scenario, observed: Observation): void {
  const { actions, calls = {}, end, batchStates, actionPaths, failed } = scenario;
  const [status, error] = end.engine;
  const lost = lostActions(calls);
  const hasBatches = end.path.includes('ProcessBatches');
  expect(observed.path, 'states of the run').to.deep.equal(end.path);
  expect(observed.engine, 'end of the execution').to.include({ status, error });
  expect(observed.record.status, 'the record').to.equal(end.record);
  expect(observed.goal, 'the goal').to.equal(end.goal);
  const paths: Readonly<Record<number, readonly string[]>> = { ...lost.paths, ...actionPaths };
  const everyPath = Array.from({ length: actions }, (_, position) => paths[position] ?? (hasBatches ? SAVED : []));
  expect(observed.actionPaths, 'states of the actions').to.deep.equal(everyPath);
  const batches = Math.ceil(actions / 8);
  const wholeBatches = hasBatches ? { ProcessActions: batches, UpdateProgress: batches } : {};
  expect(observed.batchStates, 'states of the batches').to.deep.equal(batchStates ?? wholeBatches);
  const unusual = Object.entries(observed.calls).filter(([, each]) => !isPlain(each));
  const promised = Object.entries(calls).map(([key, results]) => [key, [results.join(', ')]]);
  expect(Object.fromEntries(unusual), 'calls').to.deep.equal(Object.fromEntries(promised));
  for (const { key, expected } of waitsOf(calls)) {
    const measured = observed.waits[key] ?? [];
    const shown = `waits of ${key}: ${measured.map((seconds) => seconds.toFixed(1)).join(', ')}`;
    expect(measured, shown).to.have.length(expected.length);
    for (const [index, { least }] of expected.entries())
      expect(measured[index], shown).to.be.at.least(least - TIMER_SECONDS);
  }
  const notSaved = observed.outcomes.filter(({ outcome }) => outcome !== 'SAVED');
  const outcomes = Object.fromEntries(notSaved.map((each) => [each.position, each.error ?? each.outcome]));
  expect(outcomes, 'outcomes').to.deep.equal({ ...lost.errors, ...failed });
  const kinds = observed.messages.map(({ attributes }) => Reflect.get(Object(attributes), 'kind'));
  expect(kinds, 'messages').to.deep.equal(end.messages);
}

/**
 * No wait is longer than the definition's: a busy machine adds to some, but not each time that a state waits.
 * @param runs of one engine
 */
export function expectNoLongerWaits(runs: readonly { scenario: Scenario; observed: Observation }[]): void {
  const shortest = new Map<string, { limit: number; measured: number }>();
  for (const { scenario, observed } of runs) {
    for (const { key, state, expected } of waitsOf(scenario.calls)) {
      for (const [index, { least, most }] of expected.entries()) {
        const group = `${state}, waits of ${least === most ? '' : 'up to '}${most} s`;
        const measured = Math.min(observed.waits[key]?.[index] ?? 0, shortest.get(group)?.measured ?? Infinity);
        shortest.set(group, { limit: 1.25 * most + NOISE_SECONDS, measured });
      }
    }
  }
  for (const [group, { limit, measured }] of shortest) expect(measured, group).to.be.at.most(limit);
}
