import { isSlow, median, type Taken } from '../pace/pace.ts';
import { LIMITS } from '../schema.ts';
import type { ExecutionRow, OutcomeProgress } from '../types.ts';
import { usagesOf } from './cost.ts';
import { isPending } from './outcomes.ts';

/** What one AI call is taken to last before any has been measured; seconds. */
export const ASSUMED_CALL_SECONDS = 15;

/** Actions that are in work at once. */
const WAVE = LIMITS.batchesAtOnce * LIMITS.actionsPerBatch;
/** How many waves it takes to work on so many actions. */
export const wavesOf = (actionCount: number) => Math.ceil(actionCount / WAVE);
/** An action is slow that takes so many times as long as a batch does, and never before so many seconds. */
const SLOW = { times: 2, seconds: 5 } as const;

type Outcome = Pick<OutcomeProgress, 'outcome' | 'usage' | 'failedAttempts' | 'updatedAt'>;

const attemptsOf = ({ failedAttempts = {} }: Outcome) => Object.values(failedAttempts);

/**
 * Seconds that a batch may be expected to take: as its slowest call, by the latencies known so far, each as likely as the
 * others. The first to be known are the shortest: until half of the first wave has ended, calls of an assumed length stand
 * beside them.
 */
function batchSeconds(outcomes: readonly Outcome[]): number {
  const known = outcomes
    .flatMap(usagesOf)
    .flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : latencyMs / 1000));
  const firstWave = Math.min(WAVE, outcomes.length);
  const ended = outcomes.filter((each) => !isPending(each)).length;
  const unknown = known.length === 0 ? 1 : Math.max(0, firstWave - 2 * ended);
  const assumed = Array.from({ length: unknown }, () => ASSUMED_CALL_SECONDS);
  const calls = [...known, ...assumed].sort((one, other) => one - other);
  /** How probable it is that all calls of a batch are among the `count` shortest. */
  const allAmong = (count: number) => (count / calls.length) ** LIMITS.actionsPerBatch;
  return calls.reduce((sum, seconds, index) => sum + seconds * (allAmong(index + 1) - allAmong(index)), 0);
}

/** Outcomes of one batch, when it began, and when it ended or may be expected to end; milliseconds since the epoch. */
interface Batch<Row> {
  readonly outcomes: readonly Row[];
  readonly startedAt: number;
  readonly endsAt: number;
}

/**
 * Lays the batches of an execution out in time: each begins when a lane is free, the first ones when the execution is known
 * to run. What has ended lies where it was; what has not is never expected to end before `now`.
 */
function layOut<Row extends Outcome>(
  { confirmedAt }: Pick<ExecutionRow, 'confirmedAt'>,
  outcomes: readonly Row[],
  now: number,
): Batch<Row>[] {
  // Whole milliseconds, so that no rounding makes an estimate rise.
  const takesMs = Math.round(1000 * batchSeconds(outcomes));
  const begin = confirmedAt === undefined ? now : Date.parse(confirmedAt);
  const freeAt = Array.from({ length: LIMITS.batchesAtOnce }, () => begin);
  return Array.from({ length: Math.ceil(outcomes.length / LIMITS.actionsPerBatch) }, (_, index) => {
    const batch = outcomes.slice(index * LIMITS.actionsPerBatch, (index + 1) * LIMITS.actionsPerBatch);
    const startedAt = Math.min(...freeAt);
    const ends = batch.map((each) => {
      if (!isPending(each)) return each.updatedAt === undefined ? startedAt : Date.parse(each.updatedAt);
      const begun = [startedAt, ...attemptsOf(each).map(({ at }) => Date.parse(at))];
      return Math.max(now, Math.max(...begun) + takesMs);
    });
    const endsAt = Math.max(...ends);
    freeAt.splice(freeAt.indexOf(startedAt), 1, endsAt);
    return { outcomes: batch, startedAt, endsAt };
  });
}

/**
 * Seconds that an execution will still run, at least 1: its batches in the order in which they run, at the latencies known
 * so far. The clock alone never raises it; a new result, or an attempt that failed, may.
 * @param outcomes all outcomes of the execution, by position
 */
export function estimateSecondsRemaining(
  record: Pick<ExecutionRow, 'confirmedAt'>,
  outcomes: readonly Outcome[],
  now: Date,
): number {
  const at = now.getTime();
  const endsAt = Math.max(...layOut(record, outcomes, at).map((batch) => batch.endsAt));
  return Math.max(1, Math.ceil((endsAt - at) / 1000));
}

/** The pending actions of the batches in work that take clearly longer than the others took. */
export function slowActions<Row extends Outcome>(
  record: Pick<ExecutionRow, 'confirmedAt'>,
  outcomes: readonly Row[],
  now: Date,
): Row[] {
  const at = now.getTime();
  const slowMs = 1000 * Math.max(SLOW.seconds, SLOW.times * batchSeconds(outcomes));
  return layOut(record, outcomes, at)
    .filter(({ startedAt }) => at - startedAt > slowMs)
    .flatMap((batch) => batch.outcomes.filter(isPending));
}

/**
 * Milliseconds that the actions of an execution take, by the median: each from the beginning of its batch until its tasks
 * are saved. All actions of a batch are in flight at once, so one action and 64 have the same measure; a time per execution
 * would grow with their number. It holds all that an action waits for, also repetitions, throttled Lambdas and the database,
 * of which the AI's latency says nothing. One that hangs does not move a median: it is among the `slowActions`.
 * @param usualMs counts what is pending for so long that it is slow already, however long it will take; it is left out
 * otherwise, since what has ended so far is the quickest
 * @returns whole milliseconds; undefined while no action is counted
 */
export function actionMsOf(
  record: Pick<ExecutionRow, 'confirmedAt'>,
  outcomes: readonly Outcome[],
  now: Date,
  usualMs?: number,
): number | undefined {
  if (record.confirmedAt === undefined) return undefined;
  const isSlowAlready = (ms: number) => isSlow({ actionMs: ms, usualActionMs: usualMs });
  const times = layOut(record, outcomes, now.getTime()).flatMap(({ outcomes: batch, startedAt }) =>
    batch.flatMap((each) => {
      const until = each.outcome === 'SAVED' ? each.updatedAt : undefined;
      if (until !== undefined) return [Math.max(0, Date.parse(until) - startedAt)];
      const waitedMs = now.getTime() - startedAt;
      return isPending(each) && isSlowAlready(waitedMs) ? [waitedMs] : [];
    }),
  );
  return times.length === 0 ? undefined : Math.round(median(times));
}

/** What an execution took that has ended; undefined where none of its actions was saved, and of a cancel, which says nothing of it. */
export function takenBy(record: ExecutionRow): Taken | undefined {
  const { actionMs, confirmedAt, stoppedAt, usage, totalActions, savedActions } = record;
  if (actionMs === undefined || !confirmedAt || !stoppedAt || !usage || !savedActions) return undefined;
  return {
    actionMs,
    waveMs: Math.round(Math.max(0, Date.parse(stoppedAt) - Date.parse(confirmedAt)) / wavesOf(totalActions)),
    inputTokens: Math.round(usage.inputTokens / savedActions),
    outputTokens: Math.round(usage.outputTokens / savedActions),
  };
}

/** The attempt at a pending action that is under way or comes next, once one has failed; undefined otherwise. */
export function attemptOf(outcome: Outcome): number | undefined {
  const failed = attemptsOf(outcome);
  const isRepeated = failed.length > 0 && isPending(outcome) && !failed.some(({ isLast }) => isLast);
  return isRepeated ? Math.min(failed.length + 1, LIMITS.attemptsPerAction) : undefined;
}
