import { config, expect } from 'chai';
import type { Observation } from './observe.ts';
import { SAVED } from './scenarios/expected.ts';
import type { Scenario, Wait } from './scenarios/scenario.ts';

// What is printed of a failure is its message alone: of a run that is run once more, and of a broken definition.
config.truncateThreshold = 0;

/** Timers may fire a millisecond early, and times are read in whole ones; in seconds of the definition. */
const TIMER_SECONDS = 0.06;
/** What a machine adds to a wait when it is least busy; in seconds of the definition. */
const NOISE_SECONDS = 2.5;

const leastOf = (wait: Wait) => (typeof wait === 'number' ? wait : 0);
const mostOf = (wait: Wait) => (typeof wait === 'number' ? wait : wait.upTo);

/** No wait is shorter than the definition's. */
function expectWaits(key: string, measured: readonly number[], expected: readonly Wait[]): void {
  const shown = `waits of ${key}: ${measured.map((seconds) => seconds.toFixed(1)).join(', ')}`;
  expect(measured, shown).to.have.length(expected.length);
  for (const [index, wait] of expected.entries()) {
    expect(measured[index], shown).to.be.at.least(leastOf(wait) - TIMER_SECONDS);
  }
}

const isPlain = (calls: readonly string[]) => calls.every((each) => each === 'ok');

/** What the promises say of a scenario, held against a run of it. */
export function expectPromises({ actions, expected }: Scenario, observed: Observation): void {
  const { engine, record, goal, path } = expected;
  const { batchStates, actionPaths = {}, calls = {}, waits = {}, failed = {}, messages = [] } = expected;
  const [status, error] = engine;
  expect(observed.path, 'states of the run').to.deep.equal(path);
  expect(observed.engine, 'end of the execution').to.include({ status, error });
  expect(observed.record.status, 'the record').to.equal(record);
  expect(observed.goal, 'the goal').to.equal(goal);
  const hasBatches = path.includes('ProcessBatches');
  for (let position = 0; position < actions; position += 1) {
    const states = actionPaths[position] ?? (hasBatches ? SAVED : []);
    expect(observed.actionPaths[position], `states of action ${position}`).to.deep.equal(states);
  }
  const batches = hasBatches ? Math.ceil(actions / 8) : 0;
  const wholeBatches = hasBatches ? { ProcessActions: batches, UpdateProgress: batches } : {};
  expect(observed.batchStates, 'states of the batches').to.deep.equal(batchStates ?? wholeBatches);
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

/** What two engines are to have in common: all but the waits, which are held against the definition's. */
export const withoutWaits = ({ waits: _waits, ...observed }: Observation) => observed;

/**
 * No wait is longer than the definition's: a busy machine adds to some, but not each time that a state waits.
 * @param runs of one engine
 */
export function expectNoLongerWaits(runs: readonly { scenario: Scenario; observed: Observation }[]): void {
  const shortest = new Map<string, { limit: number; measured: number }>();
  for (const { scenario, observed } of runs) {
    for (const [key, waits] of Object.entries(scenario.expected.waits ?? {})) {
      for (const [index, wait] of waits.entries()) {
        const group = `${key.replace(/@.*$/, '')}, waits of ${typeof wait === 'number' ? '' : 'up to '}${mostOf(wait)} s`;
        const measured = Math.min(observed.waits[key]?.[index] ?? 0, shortest.get(group)?.measured ?? Infinity);
        shortest.set(group, { limit: 1.25 * mostOf(wait) + NOISE_SECONDS, measured });
      }
    }
  }
  for (const [group, { limit, measured }] of shortest) expect(measured, group).to.be.at.most(limit);
}
