import { expect } from 'chai';
import fc from 'fast-check';
import { ofAction } from '../support/history.ts';
import { checkTogether, PROPERTY_LIMIT_MS, TIMES } from '../support/seed.ts';
import { numberOf, textOf } from '../support/stack/rows.ts';
import type { Status } from '../support/stack/stack.ts';
import { type LookedAt, TIME_SCALE, timeOf, useLooks } from './looks.ts';

/** Requirement 6: the record is never older than this; milliseconds of this stack. */
const OLDEST_MS = 30_000 * TIME_SCALE;
/** A busy machine may hold up for so long who writes the record; without that writer it would be older still. */
const HELD_UP_MS = 1_000;

describe('a run whose batches last long', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const run = useLooks();

  /** The record, read from the table, has every action that ended 30 s before, and is true of the moment that it names. */
  function checkRecord({ what, looks, history, noiseMs }: LookedAt): void {
    const recording = history.invocations('SaveTasks', 'ActionFailed');
    const closingAt = history.closingAt();
    const ended = recording.filter(({ error }) => error === undefined);
    for (const { requestedAt, answeredAt, record, status } of looks) {
      const endedBefore = (at: number) => ended.filter(({ endedAt = Infinity }) => endedAt < at);
      const processed = numberOf(record, 'processedActions');
      const old = endedBefore(requestedAt - OLDEST_MS - HELD_UP_MS - noiseMs);
      expect(processed, `what ended 30 s before, of ${what}`).to.be.at.least(old.length);
      const writtenAt = timeOf(record, 'progressAt');
      if (Number.isNaN(writtenAt)) continue; // before the first batch
      const older = endedBefore(writtenAt);
      expect(processed, `what ended before the record was written, of ${what}`).to.be.at.least(older.length);
      const begun = recording.filter(({ startedAt }) => startedAt <= answeredAt);
      const positions = new Set(begun.map((step) => ofAction(step, 'position')));
      if (answeredAt < closingAt)
        expect(processed, `what began to be recorded, of ${what}`).to.be.at.most(positions.size);
      const percentage = Math.floor((100 * processed) / status.totalActions);
      expect(numberOf(record, 'progressPercentage')).to.equal(percentage);
    }
  }

  /** What may raise an estimate: a result, or an attempt that failed, as on a machine that holds it up. */
  const newsOf = ({ processedActions, outcomes, cost }: Status) =>
    JSON.stringify([processedActions, cost.aiCalls, outcomes.map(({ attempt }) => attempt)]);

  /** Without news no estimate is higher than the one before; the news may have come between record and answer. */
  function checkSteadiness({ what, looks }: LookedAt): void {
    for (const [index, { status }] of looks.entries()) {
      const before = looks[index - 1]?.status;
      if (status.status !== 'RUNNING' || before === undefined || newsOf(status) !== newsOf(before)) continue;
      const { estimatedSecondsRemaining: last } = before;
      expect(status.estimatedSecondsRemaining, `after no news, of ${what}`).to.be.at.most(last);
    }
  }

  const seen = { looks: 0, refreshes: 0 };
  const even = fc
    .record({ actions: fc.integer({ min: 49, max: 64 }), latencyMs: fc.integer({ min: 1_800, max: 2_500 }) })
    .map(({ actions, latencyMs }) => Array.from({ length: actions }, () => latencyMs));
  /** Every batch ends with an action that takes longer than the record may be old: after the others, or long after them. */
  const others = fc
    .constantFrom(400, 3_500)
    .chain((max) => fc.array(fc.integer({ min: 100, max }), { minLength: 7, maxLength: 7 }));
  const uneven = fc
    .array(others, { minLength: 1, maxLength: 3 })
    .map((batches) => batches.flatMap((batch) => [...batch, 4_500]));
  /** Whatever the seed: all but one of a batch are saved long before it is over. */
  const sudden = [...Array.from({ length: 7 }, () => 200), 4_500];

  it('has a record at most 30 s behind the last action that ended, and an estimate that rises only with news', () =>
    checkTogether(
      fc.oneof(even, uneven),
      async (latencies) => {
        const ended = await run(latencies);
        checkRecord(ended);
        checkSteadiness(ended);
        seen.looks += ended.looks.length;
        seen.refreshes += new Set(ended.looks.map(({ record }) => textOf(record, 'progressAt'))).size;
      },
      4,
      TIMES === 1 ? 4 : 8,
      [sudden],
    ));

  it('was looked at often enough to see the record being written', () => {
    console.log(`      ${seen.looks} looks, ${seen.refreshes} records`);
    expect(seen.refreshes).to.be.above(4);
  });
});
