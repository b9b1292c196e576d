import { expect } from 'chai';
import { timeOf, useLooks } from '../properties/looks.ts';
import { retriersOf } from '../support/definition.ts';
import { numberOf } from '../support/stack/rows.ts';
import { useScriptedGoals } from '../support/stack/scripted-goals.ts';

/** Rule "batches of 8, 3 at a time", and what the estimate assumes of a wave before it knows one. */
const WAVE = { actions: 24, seconds: 15 } as const;

// What these say holds by the clock, on a machine that holds nobody up. The rules that hold on any machine are in test/properties/.
describe('a run whose AI calls all take the same', function () {
  this.timeout(300_000);
  const run = useLooks();

  it('has an estimate that comes true', async () => {
    for (const [actions, latencyMs] of [
      [49, 2_500],
      [64, 1_800],
    ] as const) {
      const { what, looks, noiseMs } = await run(Array.from({ length: actions }, () => latencyMs));
      const stoppedAt = Date.parse(looks.at(-1)?.status.stopDate ?? '');
      let judged = 0;
      for (const { answeredAt, status, record } of looks) {
        if (status.status !== 'RUNNING') continue;
        const estimates = [
          { estimate: status.estimatedSecondsRemaining, processed: status.processedActions, at: answeredAt },
          {
            estimate: numberOf(record, 'estimatedSecondsRemaining'),
            processed: numberOf(record, 'processedActions'),
            at: timeOf(record, 'progressAt'),
          },
        ];
        for (const { estimate, processed, at } of estimates) {
          if (Number.isNaN(estimate)) continue; // before the first batch
          expect(estimate, `of ${what}`).to.be.within(1, Math.ceil(actions / WAVE.actions) * WAVE.seconds);
          // What is left is known as soon as half of the first wave has ended.
          if (processed < WAVE.actions / 2) continue;
          const waves = Math.ceil((actions - processed) / WAVE.actions);
          const doubt = 1 + ((waves + 1) * noiseMs) / 1000;
          const leftSeconds = (stoppedAt - at) / 1000;
          expect(estimate, `with ${processed} of ${what}`).to.be.within(leftSeconds - doubt, leftSeconds + doubt);
          judged += 1;
        }
      }
      expect(judged).to.be.above(20);
    }
  });
});

const TIME_SCALE = 0.01;
const scaled = (seconds: number) => seconds * 1000 * TIME_SCALE;
/** What may be added to a limit of Requirement 4: 25 s of this stack. */
const NOISE_MS = 250;

describe('a run whose AI calls hang, or are late', function () {
  this.timeout(300_000);
  const { stack, run } = useScriptedGoals({ TIME_SCALE: String(TIME_SCALE) });
  /** Seven batches, which come in three rounds, with one action like this in each. */
  const ACTIONS = 56;
  const durationOf = (executionArn: string) => {
    const { status, startDate, stopDate = Number.NaN } = stack().stepFunctions.executions.describe(executionArn);
    return { status, ms: stopDate - startDate };
  };

  it('ends its AI calls after 120 s, its batches after 300 s and itself after 900 s, and little later', async () => {
    const answers = Array.from({ length: ACTIONS }, (_, at) => () => (at % 8 === 0 ? { fault: 'hang' as const } : {}));
    const { executionArn, calls, history } = await run(answers);
    for (const { startedAt, endedAt } of calls.flat())
      expect(endedAt - startedAt).to.be.at.most(scaled(120) + NOISE_MS);
    for (const { input, endedAt } of history.invocations('GenerateTasks'))
      expect((endedAt ?? 0) - Date.parse(Object(input).batchStartedAt)).to.be.at.most(scaled(300) + NOISE_MS);
    const { status, ms } = durationOf(executionArn);
    expect(status).to.equal('TIMED_OUT');
    expect(ms).to.be.within(scaled(900) - 2, scaled(900) + NOISE_MS);
  });

  it('comes to its own end after 600 to 900 s', async () => {
    const answers = Array.from({ length: ACTIONS }, (_, at) => (call: number) => {
      if (at % 8 !== 0) return {};
      return call === 1 ? { fault: 'hang' as const } : { latencyMs: scaled(90) };
    });
    const { executionArn } = await run(answers);
    const { status, ms } = durationOf(executionArn);
    expect(status).to.equal('SUCCEEDED');
    expect(ms).to.be.within(scaled(600), scaled(900));
  });
});

describe('actions whose AI calls are throttled', function () {
  this.timeout(300_000);
  const { stack, run } = useScriptedGoals({ TIME_SCALE: '0.1', AI_LATENCY_MS: '5' });

  it('waits no longer than that: half of the retries come before the next wait would be over', async () => {
    const retrier = retriersOf(stack().description.stateMachine.definition, 'GenerateTasks').at(-1);
    const { IntervalSeconds = 0, BackoffRate = 0, MaxAttempts = 0 } = retrier ?? {};
    const answers = Array.from(
      { length: 24 },
      () => (call: number) => (call > MaxAttempts ? {} : { fault: 'throttle' as const }),
    );
    const { calls } = await run(answers);
    for (let retry = 1; retry <= MaxAttempts; retry += 1) {
      const waits = calls.map(
        (ofAction) => (ofAction[retry]?.startedAt ?? Infinity) - (ofAction[retry - 1]?.endedAt ?? 0),
      );
      const median = waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)];
      const waitMs = 100 * IntervalSeconds * BackoffRate ** (retry - 1);
      expect(median, `before retry ${retry}`).to.be.within(waitMs - 2, waitMs * BackoffRate);
    }
  });
});
