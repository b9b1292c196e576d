import { type Definition, parseDefinition } from '../../../local/aws/step-functions/engine/definition.ts';
import { type DefinitionValues, FUNCTION_OF_PLACEHOLDER, renderDefinition } from '../../../statemachine/definition.ts';
import { isSimulated, type SimulatedLambda } from '../workload.ts';
import { type ErrorName, invoke } from './invocation.ts';
import type { Process } from './simulation.ts';
import type { Site } from './site.ts';

type Level = Pick<Definition, 'StartAt' | 'States'>;
type State = Definition['States'][string];
type TaskState = Extract<State, { Type: 'Task' }>;
type MapState = Extract<State, { Type: 'Map' }>;

/** An outcome, as far as a status answer and the end of a run need it. */
export interface Outcome {
  readonly outcome: 'PENDING' | 'SAVED' | 'FAILED';
  readonly updatedAt?: string;
}

/** What an execution works on: an array is what a Map state goes through, a number an action's position. */
type Input = readonly Input[] | number;

/** What an error is called where retriers look at it. */
const nameOf = (error: ErrorName) => (error === 'ThrottlingException' ? 'TransientError' : error);

/** An execution that runs, or has run. */
export class Run {
  readonly startedAt: number;
  readonly outcomes: Outcome[];
  /** Why actions failed. */
  readonly errors: ErrorName[] = [];
  endedAt: number | undefined;
  hasTimedOut = false;
  /** Of a step that failed for good; one outside of actions. */
  stepError: ErrorName | undefined;
  #last = -1;

  constructor(startedAt: number, actions: number) {
    this.startedAt = startedAt;
    this.outcomes = Array.from({ length: actions }, () => ({ outcome: 'PENDING' }));
  }

  /** Ends an action. Only the outcome that changed last keeps its time: nobody asks for those of the others. */
  end(position: number, outcome: 'SAVED' | 'FAILED', now: number): void {
    const last = this.outcomes[this.#last];
    if (last !== undefined) this.outcomes[this.#last] = { outcome: last.outcome };
    this.outcomes[position] = { outcome, updatedAt: new Date(now).toISOString() };
    this.#last = position;
  }

  /** Ends an action that has not ended. */
  fail(position: number, error: ErrorName, now: number): void {
    if (this.outcomes[position]?.outcome !== 'PENDING') return;
    this.errors.push(error);
    this.end(position, 'FAILED', now);
  }

  count(outcome: Outcome['outcome']): number {
    return this.outcomes.filter((each) => each.outcome === outcome).length;
  }

  /** What update-goal-status gives the state ByOutcome. */
  get next(): string {
    if (this.count('SAVED') === this.outcomes.length) return 'SUCCEED';
    return this.count('SAVED') > 0 ? 'NOTIFY_PARTIAL' : 'NOTIFY_FAILURE';
  }
}

/** The deployed definition, with its retriers; the ARN of a Lambda ends with its name. */
export function readDefinition(): Definition {
  const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:123456789012:${name}`;
  const lambdas = Object.entries(FUNCTION_OF_PLACEHOLDER).map(([name, lambda]) => [
    name,
    arn('lambda', `function:${lambda}`),
  ]);
  const topics = { AlertsTopicArn: arn('sns', 'alerts'), NoticesTopicArn: arn('sns', 'notices') };
  // Object.fromEntries forgets which keys it was given.
  const values = { ...Object.fromEntries(lambdas), ...topics } as DefinitionValues;
  return parseDefinition(JSON.parse(renderDefinition(values)));
}

/** The Lambda that a state calls; undefined for one that publishes to a topic. */
function lambdaOf(resource: string): SimulatedLambda | undefined {
  const name = resource.slice(resource.lastIndexOf(':') + 1);
  return isSimulated(name) ? name : undefined;
}

/**
 * Runs executions of a definition at a site, as Step Functions does: state after state, with Map states, retriers and catchers. Of
 * the time limits, those of the execution, of a batch and of an AI call are kept; no other step is long enough to reach its own.
 */
export class Interpreter {
  readonly #definition: Definition;
  readonly #site: Site;
  readonly #timeoutMs: number;

  constructor(definition: Definition, site: Site) {
    this.#definition = definition;
    this.#site = site;
    this.#timeoutMs = 1000 * (definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY);
  }

  /** @param batches positions of the actions, by batch */
  *run(run: Run, batches: readonly (readonly number[])[]): Process {
    yield* this.#level(this.#definition, run, batches, 0);
    // Whoever settles it, fences what is pending.
    const error = run.hasTimedOut ? 'States.Timeout' : run.stepError;
    for (const position of run.outcomes.keys()) if (error !== undefined) run.fail(position, error, this.#site.now);
    run.endedAt = this.#site.now;
  }

  /** States from the first to the last. @returns the error that nothing caught */
  *#level({ StartAt, States }: Level, run: Run, input: Input, batchStartedAt: number): Process<ErrorName | undefined> {
    for (let name: string | undefined = StartAt; name !== undefined; ) {
      if (this.#isOver(run)) return 'States.Timeout';
      yield* this.#transition();
      const state: State | undefined = States[name];
      if (state === undefined || state.Type === 'Succeed' || state.Type === 'Fail') return undefined;
      if (state.Type === 'Choice') {
        name =
          state.Choices.find((rule) => 'StringEquals' in rule && rule.StringEquals === run.next)?.Next ?? state.Default;
        continue;
      }
      let error: ErrorName | undefined;
      if (state.Type === 'Task') error = yield* this.#task(state, run, input, batchStartedAt);
      if (state.Type === 'Map') error = yield* this.#map(state, run, input);
      const catcher = error === undefined || !('Catch' in state) ? undefined : state.Catch?.[0];
      if (error !== undefined && catcher === undefined) return error;
      if (error !== undefined && typeof input === 'number') run.fail(input, error, this.#site.now);
      else run.stepError ??= error;
      name = catcher?.Next ?? ('Next' in state ? state.Next : undefined);
    }
    return undefined;
  }

  *#task(state: TaskState, run: Run, input: Input, batchStartedAt: number): Process<ErrorName | undefined> {
    const retriers = state.Retry ?? [];
    const tried = retriers.map(() => 0);
    const lambda = lambdaOf(state.Resource);
    if (lambda === undefined) return undefined;
    for (;;) {
      const error = yield* invoke(this.#site, lambda, batchStartedAt);
      if (error === undefined) {
        if (lambda === 'save-tasks' && typeof input === 'number') run.end(input, 'SAVED', this.#site.now);
        return undefined;
      }
      const which = retriers.findIndex(({ ErrorEquals }) => ErrorEquals.includes(nameOf(error)));
      const {
        IntervalSeconds = 1,
        MaxAttempts = 3,
        BackoffRate = 2,
        MaxDelaySeconds,
        JitterStrategy,
      } = retriers[which] ?? {};
      const before = tried[which] ?? MaxAttempts;
      if (before >= MaxAttempts || this.#isOver(run)) return error;
      tried[which] = before + 1;
      const seconds = Math.min(IntervalSeconds * BackoffRate ** before, MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
      yield 1000 * seconds * (JitterStrategy === 'FULL' ? this.#site.simulation.random() : 1);
      yield* this.#transition();
    }
  }

  /** The items of a Map state, so many at once. @returns the error of an item, which ends the others' turns */
  *#map({ MaxConcurrency, ItemProcessor }: MapState, run: Run, input: Input): Process<ErrorName | undefined> {
    if (typeof input === 'number' || ItemProcessor === undefined) throw new Error('a Map state has no items');
    const atOnce = MaxConcurrency || Number.POSITIVE_INFINITY;
    const enteredAt = this.#site.now;
    let next = 0;
    let active = 0;
    let failure: ErrorName | undefined;
    yield (resume) => {
      const onEnd = (error: ErrorName | undefined) => {
        active -= 1;
        failure ??= error;
        startMore();
      };
      const startMore = () => {
        for (
          let item = input[next];
          item !== undefined && active < atOnce && failure === undefined;
          item = input[next]
        ) {
          next += 1;
          active += 1;
          // A batch's time begins when its own Map state is entered.
          this.#site.simulation.start(this.#level(ItemProcessor, run, item, enteredAt), onEnd);
        }
        if (active === 0) resume();
      };
      startMore();
    };
    return failure;
  }

  *#transition(): Process {
    const wait = this.#site.transitions.take(this.#site.now, 1, Number.POSITIVE_INFINITY) ?? 0;
    if (wait > 0) yield wait;
  }

  /** Whether the execution has used up its time; then it goes on no further. */
  #isOver(run: Run): boolean {
    run.hasTimedOut ||= this.#site.now - run.startedAt > this.#timeoutMs;
    return run.hasTimedOut;
  }
}
