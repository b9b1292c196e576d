import { pollAfterSeconds } from '../../../lambdas/core/src/execution/status.ts';
import { LIMITS } from '../../../lambdas/core/src/schema.ts';
import { COME_AGAIN_SECONDS } from '../../../lambdas/core/src/workflow/admission.ts';
import { CREATE_GOAL, PAGE_READS, RECORD_KB, type SimulatedLambda, WORK, type Work } from '../workload.ts';
import { type Interpreter, Run } from './execution.ts';
import { carryOut } from './invocation.ts';
import type { Process } from './simulation.ts';
import type { Site } from './site.ts';

/** Seconds after which a page asks again that got no answer (web/src/run/follower.ts). */
const BACKOFF_SECONDS = [1, 2, 4, 8, 15, 30];
/** The `Retry-After` of `start_delayed`. */
const DELAYED_SECONDS = 2;
/** What the SDK's three attempts at StartExecution sit out. */
const START_PATIENCE_MS = 1_500;
/** Whoever counts what runs believes the count for so long (lambdas/core/src/workflow/admission.ts). */
const COUNT_MS = 1_000;

/** A person who starts an execution and follows it. */
interface Visit {
  readonly cameAt: number;
  /** When the execution was let in. */
  run?: Run;
  /** How often the start was refused. */
  refused: number;
}

/** Positions of the actions of an execution, by batch (lambdas/create-batches). */
function batchesOf(actions: number): number[][] {
  const positions = Array.from({ length: actions }, (_, position) => position);
  return Array.from({ length: Math.ceil(actions / LIMITS.actionsPerBatch) }, (_, batch) =>
    positions.slice(batch * LIMITS.actionsPerBatch, (batch + 1) * LIMITS.actionsPerBatch),
  );
}

/** Processes of start-workflow, each with a count of its own: as many as starts are under way at once. */
export const startProcesses = (startsPerSecond: number) =>
  Math.max(1, Math.ceil((startsPerSecond * WORK['start-workflow'].milliseconds) / 1000));

/** Read units of one count of what runs: half a unit for 4 KB. */
export const countUnits = (running: number) => (running * RECORD_KB) / 8;

/** People who come to a site. */
export class People {
  readonly #site: Site;
  readonly #interpreter: Interpreter;
  readonly #batches: readonly (readonly number[])[];
  readonly #actions: number;
  /** When each process of start-workflow counted last. */
  readonly #countedAt: number[];
  readonly visits: Visit[] = [];

  constructor(site: Site, interpreter: Interpreter, { actions, perSecond }: { actions: number; perSecond: number }) {
    this.#site = site;
    this.#interpreter = interpreter;
    this.#actions = actions;
    this.#batches = batchesOf(actions);
    this.#countedAt = Array.from({ length: startProcesses(perSecond) }, () => Number.NEGATIVE_INFINITY);
  }

  /** They come one after the other, independently of each other (a Poisson process). @param seconds for how long */
  *arrive(perSecond: number, seconds: number): Process {
    const { simulation } = this.#site;
    for (;;) {
      yield (-1000 * Math.log(1 - simulation.random())) / perSecond;
      if (simulation.now > 1000 * seconds) return;
      simulation.start(this.visit());
    }
  }

  /**
   * One person: makes a goal, starts it, waits if there is no room, follows the execution to its end.
   * @param hasToMakeGoal false when the goal was there before
   */
  *visit(hasToMakeGoal = true): Process {
    const visit: Visit = { cameAt: this.#site.now, refused: 0 };
    this.visits.push(visit);
    if (hasToMakeGoal) yield* this.#request('goals', CREATE_GOAL);
    while (!(yield* this.#isLetIn())) visit.refused += 1;
    const run = new Run(this.#site.now, this.#actions);
    visit.run = run;
    this.#site.simulation.start(this.#execute(run));
    yield* this.#follow(run);
    for (let read = 0; read < PAGE_READS; read += 1) yield* this.#request('goals');
  }

  *#execute(run: Run): Process {
    yield* this.#interpreter.run(run, this.#batches);
    this.#site.putMetricData.take(this.#site.now, 1, Number.POSITIVE_INFINITY);
    this.#site.runningExecutions.leave(this.#site.now);
  }

  *#follow(run: Run): Process {
    const now = () => new Date(this.#site.now);
    const startedAt = new Date(run.startedAt).toISOString();
    for (;;) {
      const isOver = run.endedAt !== undefined;
      yield* this.#request('get-status');
      if (isOver) return;
      yield 1000 * pollAfterSeconds({ status: 'RUNNING', startedAt }, run.outcomes, now());
    }
  }

  /** A start. @returns false when it was refused, once it is time to come again */
  *#isLetIn(): Process<boolean> {
    const { simulation, runningExecutions, lambdaConcurrency } = this.#site;
    if (this.#site.apiRequests.take(this.#site.now) === undefined || !lambdaConcurrency.enter(this.#site.now)) {
      yield 1000 * COME_AGAIN_SECONDS * simulation.random();
      return false;
    }
    const isCounted = this.#count();
    const isOpen = isCounted && runningExecutions.enter(this.#site.now);
    yield* this.#site.compute('start-workflow');
    const isClaimed = isOpen && (yield* carryOut(this.#site, WORK['start-workflow']));
    lambdaConcurrency.leave(this.#site.now);
    if (isOpen && !isClaimed) runningExecutions.leave(this.#site.now);
    if (!isClaimed) {
      // As long as `Retry-After` says.
      yield 1000 * (COME_AGAIN_SECONDS + Math.floor(simulation.random() * (COME_AGAIN_SECONDS + 1)));
      return false;
    }
    // The claim is kept: the same request tries StartExecution again.
    for (;;) {
      const wait = this.#site.startExecution.take(this.#site.now, 1, START_PATIENCE_MS);
      if (wait !== undefined && wait > 0) yield wait;
      if (wait !== undefined) return true;
      yield 1000 * DELAYED_SECONDS;
      this.#site.apiRequests.take(this.#site.now);
    }
  }

  /** Counts what runs, unless this process did a moment ago. @returns false when the index was too busy */
  #count(): boolean {
    const { simulation, sample, runningExecutions, byRunningReads } = this.#site;
    const which = Math.floor(simulation.random() * this.#countedAt.length);
    if (simulation.now - (this.#countedAt[which] ?? 0) < COUNT_MS) return true;
    const units = countUnits(runningExecutions.used * sample);
    if (byRunningReads.take(simulation.now, units, START_PATIENCE_MS) === undefined) return false;
    this.#countedAt[which] = simulation.now;
    return true;
  }

  /** A request of the page, again until it is answered. */
  *#request(lambda: SimulatedLambda, work: Work = WORK[lambda]): Process {
    for (let failures = 0; ; failures += 1) {
      const isTaken = this.#site.apiRequests.take(this.#site.now) !== undefined;
      if (isTaken && this.#site.lambdaConcurrency.enter(this.#site.now)) {
        yield* this.#site.compute(lambda);
        const isAnswered = yield* carryOut(this.#site, work);
        this.#site.lambdaConcurrency.leave(this.#site.now);
        if (isAnswered) return;
      }
      yield 1000 * (BACKOFF_SECONDS[failures] ?? Math.max(...BACKOFF_SECONDS));
    }
  }
}
