import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import { Interpreter } from './model/execution.ts';
import type { ErrorName } from './model/invocation.ts';
import { People } from './model/people.ts';
import { Site } from './model/site.ts';
import type { Options } from './options.ts';
import type { Limits } from './stage.ts';
import { AI } from './workload.ts';

/** Simulated until the stage is as full as it gets, and then for so long; seconds. */
const SPAN = { fill: 200, watch: 200 };
/** At more runs a second than this, people are thinned out, and the limits with them: the use of each stays the same. */
const MOST_PER_SECOND = 1;
/** But no limit on what is there at once becomes smaller than this by it. */
const LEAST_SLOTS = 30;

/** What becomes of those who come in the busiest minutes. */
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
  /** State transitions, for each run that ended. */
  readonly transitionsOfRun: number;
  /** Runs that ended, a second. */
  readonly endedPerSecond: number;
}

/**
 * The peak with every limit in force.
 * @param progress told the share of the simulated time that is over
 */
export function simulatePeak(
  limits: Limits,
  definition: Definition,
  options: Pick<Options, 'actions' | 'aiSeconds' | 'seed'>,
  runsPerSecond: number,
  { progress = () => undefined, span = SPAN }: { progress?: (share: number) => void; span?: typeof SPAN } = {},
): PeakResult {
  const { actions, aiSeconds, seed } = options;
  const slots = [limits.runningExecutions, limits.aiConcurrency, limits.lambdaConcurrency].map(({ value }) => value);
  const sample = Math.max(1, Math.min(runsPerSecond / MOST_PER_SECOND, Math.min(...slots) / LEAST_SLOTS));
  const site = new Site({ limits, sample, aiSeconds: { mean: aiSeconds, spread: AI.spread }, seed });
  const perSecond = runsPerSecond / sample;
  const people = new People(site, new Interpreter(definition, site), { actions, perSecond });
  const end = span.fill + span.watch;
  site.simulation.start(people.arrive(perSecond, end));
  let transitionsBefore = 0;
  for (let second = 0; second <= end; second += 10) {
    site.simulation.run(1000 * second);
    if (second === span.fill) transitionsBefore = site.transitions.count.granted;
    progress(second / end);
  }
  return summarize(people, actions, { sample, span, transitions: site.transitions.count.granted - transitionsBefore });
}

function summarize(
  people: People,
  actions: number,
  { sample, span, transitions }: { sample: number; span: typeof SPAN; transitions: number },
): PeakResult {
  const isWatched = (at: number | undefined) => at !== undefined && at >= 1000 * span.fill;
  const came = people.visits.filter(({ cameAt }) => isWatched(cameAt));
  const runs = people.visits.flatMap(({ run }) => run ?? []);
  const ended = runs.filter(({ endedAt }) => isWatched(endedAt));
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
    transitionsOfRun: transitions / Math.max(1, ended.length),
    endedPerSecond: (ended.length * sample) / span.watch,
  };
}
