import { allStates, parseDefinition } from '../../local/aws/step-functions/engine/definition.ts';
import { createStepFunctions, type StepFunctions } from '../../local/aws/step-functions/index.ts';
import { runOnVirtualClock } from './clock.ts';
import { toEvents } from './history-file.ts';
import { type Call, type Recording, readRecording } from './recording.ts';

export interface PlayOptions {
  /** Parsed, with ARNs. */
  readonly definition: unknown;
  /** Of the machine, where the history does not say which it was. */
  readonly stateMachineArn: string;
  /** Told of the run so far, whenever it has come further; it goes on once this resolves. */
  readonly onProgress?: ((now: Recording) => Promise<void> | void) | undefined;
}

/** A run with recorded answers. */
export interface Played {
  readonly now: Recording;
  /** Recorded answers that were given. */
  readonly asked: ReadonlySet<Call>;
  /** Calls for which no answer was recorded. */
  readonly unanswered: readonly Call[];
}

/** What a replay ends with that was stopped at a call without a recorded answer. */
export const NO_ANSWER = 'Replay.NoAnswer';
/** A call without a recorded answer in a state that has no time limit. */
const PATIENCE_SECONDS = 60;

/**
 * Runs an execution again, with the answers of a recording.
 *
 * The clock is a virtual one that begins when the execution did: nothing is waited for, and waits and time limits are those of the
 * definition. An answer comes when it came then, so what goes on at the same time comes in the order of then. A call
 * that timed out, or was open at the end, is not answered; an abort comes when it came. A call that was not made then cannot be
 * answered: the others go on until its state would give it up, and there the run is stopped.
 */
export async function play(then: Recording, options: PlayOptions): Promise<Played> {
  const replay = new Replay(then, options);
  try {
    await runOnVirtualClock(then.startedAt, () => {
      replay.start();
      return async () => {
        await options.onProgress?.(replay.now());
        return replay.isRunning;
      };
    });
    const now = replay.now();
    const calls = now.visits.flatMap((visit) => visit.calls);
    return { now, asked: replay.asked, unanswered: calls.filter(({ eventId }) => replay.unanswered.has(eventId)) };
  } finally {
    await replay.close();
  }
}

class Replay {
  readonly asked = new Set<Call>();
  /** Their event ids. */
  readonly unanswered = new Set<number>();
  readonly #then: Recording;
  readonly #stepFunctions: StepFunctions;
  readonly #stateMachineArn: string;
  /** Seconds that a task may take, by state. */
  readonly #limits: ReadonlyMap<string, number | undefined>;
  #executionArn = '';

  constructor(then: Recording, { definition, stateMachineArn }: PlayOptions) {
    this.#then = then;
    this.#stateMachineArn =
      then.executionArn?.replace(':execution:', ':stateMachine:').replace(/:[^:]+$/, '') ?? stateMachineArn;
    const today = parseDefinition(definition);
    const states = allStates(today);
    this.#limits = new Map(
      states.map(([name, state]) => [name, 'TimeoutSeconds' in state ? state.TimeoutSeconds : undefined]),
    );
    this.#stepFunctions = createStepFunctions({
      stateMachineArn: this.#stateMachineArn,
      aliasArns: [],
      definition: { ...today, TimeoutSeconds: timeLimit(then, today.TimeoutSeconds) },
      timeScale: 1,
      invokeTask: () => this.#answer(),
      onStatusChange: () => undefined,
    });
  }

  get isRunning(): boolean {
    return this.#stepFunctions.executions.running().includes(this.#executionArn);
  }

  now(): Recording {
    return readRecording(toEvents(this.#stepFunctions.executions.history(this.#executionArn)));
  }

  start(): void {
    const { input = '{}', executionArn, end } = this.#then;
    const { executions } = this.#stepFunctions;
    const record = executions.start(this.#stateMachineArn, executionArn?.split(':').at(-1), input);
    this.#executionArn = record.executionArn;
    // One that ran on when its history was read is stopped there.
    if (end.status !== 'ABORTED' && end.status !== 'RUNNING') return;
    // What ended in the same millisecond ended before.
    setTimeout(() => executions.stop(this.#executionArn, end.error, end.cause), until(end.at) + 1);
  }

  close(): Promise<void> {
    return this.#stepFunctions.executions.close();
  }

  /** Answers the call that was just made: the last one of the history. */
  async #answer(): Promise<unknown> {
    const { visits } = this.now();
    const call = visits
      .flatMap(({ calls }) => calls)
      .reduce((one, other) => (one.eventId > other.eventId ? one : other));
    const callsOf = (those: Recording['visits']) =>
      those.filter(({ key }) => key === call.visit.key).flatMap(({ calls }) => calls);
    const recorded = callsOf(this.#then.visits)[callsOf(visits).length - 1];
    const limitMs = (this.#limits.get(call.visit.state) ?? PATIENCE_SECONDS) * 1000;
    if (recorded === undefined) this.#giveUp(call, limitMs);
    else this.asked.add(recorded);
    if (recorded?.endedAt === undefined || recorded.result.kind === 'timed out' || recorded.result.kind === 'open')
      return new Promise(() => undefined);
    const durationMs = recorded.endedAt - recorded.at;
    const waitMs = until(recorded.endedAt);
    // A call that comes earlier than then, since its wait was shorter, must not look as if it took too long.
    await sleep(waitMs < limitMs ? waitMs : durationMs);
    if (recorded.result.kind === 'answered') return JSON.parse(recorded.result.output ?? 'null');
    throw Object.assign(new Error(recorded.result.cause ?? ''), { name: recorded.result.error });
  }

  #giveUp(call: Call, limitMs: number): void {
    this.unanswered.add(call.eventId);
    const stop = () => this.#stepFunctions.executions.stop(this.#executionArn, NO_ANSWER, undefined);
    setTimeout(stop, limitMs - 1);
  }
}

/** Seconds by which AWS may be late to end an execution whose time is over, and go on with it until then. */
const LATEST_SECONDS = 10;

/** The time limit of today, in seconds; that of then where it only came late. */
function timeLimit({ startedAt, end }: Recording, today: number | undefined): number | undefined {
  // What happened in the same millisecond happened before.
  const then = (end.at + 1 - startedAt) / 1000;
  const isLate = today !== undefined && then > today && then < today + LATEST_SECONDS;
  return end.status === 'TIMED_OUT' && isLate ? then : today;
}

/** Milliseconds from now on until a recorded time; 0 where it is past. */
const until = (recordedAt: number) => Math.max(0, recordedAt - Date.now());

/** By the clock of the replay: Node's promises of timers keep to the real one. */
const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
