import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import { Interpreter } from './model/execution.ts';
import type { ErrorName } from './model/invocation.ts';
import { People } from './model/people.ts';
import { Site } from './model/site.ts';
import type { Options } from './options.ts';
import type { Limits } from './stage.ts';
import { AI } from './workload.ts';

/** Simulated until the stage is as full as it gets, and then for so long; seconds. */
const FILL_SECONDS = 300;
const WATCH_SECONDS = 600;
/** At more runs a second, people are thinned out, and the limits with them: the use of each stays the same. */
const MOST_PER_SECOND = 4;
/** But no limit on what is there at once becomes smaller than this by it. */
const LEAST_SLOTS = 40;

/** What becomes of those who come in the busiest ten minutes. */
export interface PeakResult {
  readonly came: number;
  readonly letIn: number;
  /** Starts that were refused, of all. */
  readonly refusals: number;
  /** Seconds from the first try until let in, of those who were. */
  readonly waits: readonly number[];
  /** Seconds from the start to the end, of runs that ended. */
  readonly durations: readonly number[];
  readonly actions: number;
  /** Actions that failed, by the error that was the last. */
  readonly failed: Readonly<Partial<Record<ErrorName, number>>>;
  readonly timedOut: number;
  /** Runs that ended, a second. */
  readonly endedPerSecond: number;
}

/** The peak with every limit in force. @param progress told the share of the simulated time that is over */
export function simulatePeak(
  limits: Limits,
  definition: Definition,
  options: Pick<Options, 'actions' | 'aiSeconds' | 'seed'>,
  runsPerSecond: number,
  progress: (share: number) => void = () => undefined,
): PeakResult {
  const { actions, aiSeconds, seed } = options;
  const slots = [limits.runningExecutions, limits.aiConcurrency, limits.lambdaConcurrency].map(({ value }) => value);
  const sample = Math.max(1, Math.min(runsPerSecond / MOST_PER_SECOND, Math.min(...slots) / LEAST_SLOTS));
  const site = new Site({ limits, sample, aiSeconds: { mean: aiSeconds, spread: AI.spread }, seed });
  const perSecond = runsPerSecond / sample;
  const people = new People(site, new Interpreter(definition, site), { actions, perSecond });
  const end = FILL_SECONDS + WATCH_SECONDS;
  site.simulation.start(people.arrive(perSecond, end));
  for (let second = 0; second <= end; second += 10) {
    site.simulation.run(1000 * second);
    progress(second / end);
  }
  return summarize(people, actions, sample);
}

function summarize(people: People, actions: number, sample: number): PeakResult {
  const isWatched = (at: number | undefined) => at !== undefined && at >= 1000 * FILL_SECONDS;
  const came = people.visits.filter(({ cameAt }) => isWatched(cameAt));
  const runs = people.visits.flatMap(({ run }) => run ?? []);
  const ended = runs.filter((run) => isWatched(run.endedAt));
  const failed: Partial<Record<ErrorName, number>> = {};
  for (const error of ended.flatMap(({ errors }) => errors)) failed[error] = (failed[error] ?? 0) + 1;
  return {
    came: came.length,
    letIn: came.filter(({ run }) => run !== undefined).length,
    refusals: came.reduce((sum, { refused }) => sum + refused, 0),
    waits: people.visits.flatMap(({ cameAt, run }) =>
      run !== undefined && isWatched(run.startedAt) ? (run.startedAt - cameAt) / 1000 : [],
    ),
    durations: ended.map(({ startedAt, endedAt = startedAt }) => (endedAt - startedAt) / 1000),
    actions: ended.length * actions,
    failed,
    timedOut: ended.filter(({ hasTimedOut }) => hasTimedOut).length,
    endedPerSecond: (ended.length * sample) / WATCH_SECONDS,
  };
}
