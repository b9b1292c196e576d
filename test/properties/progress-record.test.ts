import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { ExecutionHistory, ofAction } from '../support/history.ts';
import { checkTogether, PROPERTY_LIMIT_MS } from '../support/seed.ts';
import { numberOf, type Row, textOf, useRows } from '../support/stack/rows.ts';
import { useScriptedGoals } from '../support/stack/scripted-goals.ts';
import type { Status } from '../support/stack/stack.ts';
import { AI_NEVER_FAILS, unkind } from '../support/stack/unkind.ts';

const TIME_SCALE = 0.05;
/** Requirement 6: the record is never older than this; milliseconds of this stack. */
const OLDEST_MS = 30_000 * TIME_SCALE;
/** Rule "batches of 8, 3 at a time", and what the estimate assumes of a wave before it knows one. */
const WAVE = { actions: 24, seconds: 15 } as const;

/** A run that takes so many times as long as its AI calls was held up by this machine, by more in one wave than in another. */
const STEADY = 2;

/** What one look saw; times are milliseconds since the epoch. */
interface Look {
  readonly requestedAt: number;
  readonly answeredAt: number;
  readonly status: Status;
  readonly record: Row | undefined;
}

const timeOf = (record: Row | undefined, name: string) => Date.parse(textOf(record, name) ?? '');

const UNKIND = unkind({
  // The script says how long each AI call takes, by which the estimate is judged.
  ...AI_NEVER_FAILS,
  aiSlow: 0,
  // Full goals at once, whose waits for a free Lambda are a twentieth of what they are on AWS, would use these up.
  lambdaConcurrency: 0,
  // The SDK waits for up to 1 s before it asks a busy database again: that would be 20 s of the record's age.
  databaseThrottle: 0,
  // It moves the begin of a batch by up to 1 s, which is 20 s here.
  wholeSeconds: 0,
});

describe('a run whose batches last long', function () {
  this.timeout(PROPERTY_LIMIT_MS);
  const { stack, start } = useScriptedGoals({ TIME_SCALE: String(TIME_SCALE), ...UNKIND });
  const rows = useRows(stack);

  /** Runs a goal whose AI calls take so many milliseconds, and looks at status and record until it has ended. */
  async function run(latencies: readonly number[]) {
    const { user, executionArn } = await start(latencies.map((latencyMs) => () => ({ latencyMs })));
    const looks: Look[] = [];
    for (;;) {
      const requestedAt = Date.now();
      const reads = [user.getStatus(executionArn), rows.of('workflow-executions', executionArn)] as const;
      const [status, all] = await Promise.all(reads);
      const record = all.find((row) => textOf(row, 'sk') === 'EXECUTION');
      looks.push({ requestedAt, answeredAt: Date.now(), status, record });
      if (status.status !== 'RUNNING') break;
      await sleep(100);
    }
    const history = new ExecutionHistory(stack(), executionArn);
    const steps = history.invocations('SaveTasks', 'UpdateProgress');
    /** What a step took that waits for no AI: the noise of this machine. */
    const noiseMs = 100 + 2 * Math.max(...steps.map(({ startedAt, endedAt = startedAt }) => endedAt - startedAt));
    const { startDate = '', stopDate } = looks.at(-1)?.status ?? {};
    const stoppedAt = Date.parse(stopDate ?? '');
    return { what: latencies.join(), looks, history, noiseMs, stoppedAt, lastedMs: stoppedAt - Date.parse(startDate) };
  }
  type Run = Awaited<ReturnType<typeof run>>;

  /** The record, read from the table, has every action that ended 30 s before, and is true of the moment that it names. */
  function checkRecord({ what, looks, history, noiseMs }: Run): void {
    const recording = history.invocations('SaveTasks', 'ActionFailed');
    const closingAt = history.closingAt();
    const ended = recording.filter(({ error }) => error === undefined);
    for (const { requestedAt, answeredAt, record, status } of looks) {
      const endedBefore = (at: number) => ended.filter(({ endedAt = Infinity }) => endedAt < at);
      const processed = numberOf(record, 'processedActions');
      const old = endedBefore(requestedAt - OLDEST_MS - noiseMs);
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
  function checkSteadiness({ what, looks }: Run): void {
    for (const [index, { status }] of looks.entries()) {
      const before = looks[index - 1]?.status;
      if (status.status !== 'RUNNING' || before === undefined || newsOf(status) !== newsOf(before)) continue;
      const { estimatedSecondsRemaining: last } = before;
      expect(status.estimatedSecondsRemaining, `after no news, of ${what}`).to.be.at.most(last);
    }
  }

  /**
   * Where every call takes the same, what is left is known as soon as half of the first wave has ended, on a machine that
   * is no slower afterwards. What held a run up may have come in the wave that the estimate learned from, or later.
   */
  function checkTruth({ what, looks, noiseMs, stoppedAt, lastedMs }: Run, idealMs: number): void {
    const heldUpMs = lastedMs > idealMs * STEADY ? lastedMs - idealMs : 0;
    for (const { answeredAt, status, record } of looks) {
      if (status.status !== 'RUNNING') continue;
      const { processedActions, totalActions } = status;
      const waves = Math.ceil((totalActions - processedActions) / WAVE.actions);
      const estimates = [
        { estimate: status.estimatedSecondsRemaining, processed: processedActions, at: answeredAt },
        {
          estimate: numberOf(record, 'estimatedSecondsRemaining'),
          processed: numberOf(record, 'processedActions'),
          at: timeOf(record, 'progressAt'),
        },
      ];
      for (const { estimate, processed, at } of estimates) {
        if (Number.isNaN(estimate)) continue; // before the first batch
        expect(estimate, `of ${what}`).to.be.within(1, Math.ceil(totalActions / WAVE.actions) * WAVE.seconds);
        if (processed < Math.min(WAVE.actions, totalActions) / 2) continue;
        const leftSeconds = (stoppedAt - at) / 1000;
        const doubt = 1 + ((waves + 1) * noiseMs + waves * heldUpMs) / 1000;
        expect(estimate, `with ${processed} of ${what}`).to.be.within(leftSeconds - doubt, leftSeconds + doubt);
      }
    }
  }

  const seen = { looks: 0, refreshes: 0, even: 0 };
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

  it('has a record at most 30 s behind the last action that ended, and an estimate that comes true and rises only with news', () =>
    checkTogether(
      fc.oneof(even, uneven),
      async (latencies) => {
        const ended = await run(latencies);
        checkRecord(ended);
        checkSteadiness(ended);
        if (new Set(latencies).size === 1) {
          seen.even += 1;
          checkTruth(ended, Math.ceil(latencies.length / WAVE.actions) * (latencies[0] ?? 0));
        }
        seen.looks += ended.looks.length;
        seen.refreshes += new Set(ended.looks.map(({ record }) => textOf(record, 'progressAt'))).size;
      },
      4,
      8,
    ));

  it('was looked at often enough to see the record being written', () => {
    console.log(`      ${seen.looks} looks, ${seen.refreshes} records, ${seen.even} runs whose calls take the same`);
    expect(seen.refreshes).to.be.above(20);
  });
});
