import { type ApiClient, createApiClient } from '@goal-activity/client/client.ts';
import { ApiError } from '@goal-activity/client/errors.ts';
import type { Goal } from '@goal-activity/client/types.ts';
import type { StageConfig } from '../../modules/config.ts';
import { hasPart } from '../../modules/settings-schema.ts';
import { ToolError } from '../terraform/tool.ts';
import { tryAlarm } from './alarm.ts';
import { patientFetch, sayError } from './api.ts';
import { counted } from './finding.ts';
import { Goals } from './goals.ts';
import type { Options } from './options.ts';
import type { Context } from './run.ts';
import type { SignedIn } from './sign-in.ts';
import { cancelInTheMiddle, keepOthersOut, readLists, runToEnd, type Seen } from './steps.ts';

/** What is tried, and by whom. */
export interface Target {
  readonly url: string;
  readonly signedIn: SignedIn;
  /** With alarms; undefined for an API by itself. */
  readonly stage: { readonly config: StageConfig; readonly aws: Parameters<typeof tryAlarm>[1] } | undefined;
}

/** What was seen of one thing. */
export interface Step extends Seen {
  readonly name: string;
  readonly isWell: boolean;
}

/** One test of a target: its steps, each of which goes on when another has found something. */
export class Trial {
  readonly #target: Target;
  readonly #options: Options;
  readonly #clientOf: (token: string | undefined) => ApiClient;
  readonly #context: Context;
  readonly #goals: Goals;
  readonly #made: Goal[] = [];
  readonly #steps: Step[] = [];

  /** @param progress tells a person what is seen, line by line */
  constructor(target: Target, options: Options, signal: AbortSignal, progress: (line: string) => void) {
    this.#target = target;
    this.#options = options;
    const { url: baseUrl, signedIn, stage } = target;
    const send = patientFetch(signal, progress);
    this.#clientOf = (token) => createApiClient({ baseUrl, token: () => token, fetch: send });
    const { limitMs } = options;
    this.#context = {
      api: this.#clientOf(signedIn.token),
      limitMs,
      signal,
      isEmulator: stage?.config.emulator !== undefined,
      progress,
    };
    // What cleans up must not be stopped, too.
    this.#goals = new Goals(createApiClient({ baseUrl, token: () => signedIn.token }), limitMs);
  }

  /**
   * Takes every step, and removes what was made, whatever comes.
   * @throws ToolError for a given token that is refused, the signal's reason when it is stopped
   */
  async run(): Promise<readonly Step[]> {
    const { progress } = this.#context;
    try {
      progress(`Trying ${this.#target.url} as ${this.#target.signedIn.how}`);
      if (await this.#step('answers', () => this.#firstAnswer())) {
        await this.#runs();
        await this.#step('lists', () => readLists(this.#context, this.#made));
        await this.#others();
        await this.#alarm();
      }
      return this.#steps;
    } finally {
      const { removed, left } = await this.#goals.remove();
      left.push(...(await this.#target.signedIn.forget()));
      progress(`Cleaned up: ${counted(removed, 'goal')} removed`);
      for (const said of left) this.#note({ name: 'clean up', isWell: false, said });
    }
  }

  #note(step: Step): void {
    this.#steps.push(step);
    this.#context.progress(`${step.isWell ? '✔' : '✘'} ${step.said}`);
  }

  async #step<Found extends Seen>(name: string, look: () => Promise<Found>): Promise<Found | undefined> {
    const { signal } = this.#context;
    signal.throwIfAborted();
    try {
      const found = await look();
      const { said, run } = found;
      this.#note({ name, isWell: true, said, ...(run === undefined ? {} : { run }) });
      return found;
    } catch (thrown) {
      if (signal.aborted || thrown instanceof ToolError) throw thrown;
      this.#note({ name, isWell: false, said: sayError(thrown) });
      return undefined;
    }
  }

  async #firstAnswer(): Promise<Seen> {
    const { api, signal } = this.#context;
    try {
      await api.GET('/api/goals', { params: { query: { limit: 1 } }, signal });
      return { said: 'the API answers' };
    } catch (thrown) {
      const isRefused = thrown instanceof ApiError && thrown.status === 401;
      if (!isRefused || this.#options.token === undefined) throw thrown;
      const why = 'has it expired, or another issuer or audience than the API takes?';
      throw new ToolError(`The TOKEN is refused (${thrown.message}): ${why}`);
    }
  }

  async #create(actions: number): Promise<Goal> {
    const goal = await this.#goals.create(actions);
    this.#made.push(goal);
    return goal;
  }

  async #runs(): Promise<void> {
    const { sizes } = this.#options;
    const last = sizes.at(-1) ?? 1;
    const context = this.#context;
    for (const size of sizes.slice(0, -1)) {
      context.progress(`  a goal of ${counted(size, 'action')} ...`);
      await this.#step(`run of ${size}`, async () => runToEnd(context, await this.#create(size)));
    }
    context.progress(`  a goal of ${counted(last, 'action')}, cancelled in the middle, then started again ...`);
    const cancelled = await this.#step('cancel', () => cancelInTheMiddle(context, () => this.#create(last)));
    await this.#step(`run of ${last}`, async () => runToEnd(context, cancelled?.goal ?? (await this.#create(last))));
  }

  async #others(): Promise<void> {
    const [goal] = this.#made;
    if (goal === undefined) return;
    const { otherToken } = this.#target.signedIn;
    const others = {
      anonymous: this.#clientOf(undefined),
      forged: this.#clientOf('forged'),
      stranger: otherToken === undefined ? undefined : this.#clientOf(otherToken),
    };
    await this.#step('others', () => keepOthersOut(this.#context, others, goal));
  }

  async #alarm(): Promise<void> {
    const { progress, signal } = this.#context;
    const { stage } = this.#target;
    if (stage === undefined) return progress('- no alarm was set: it takes a STAGE');
    const { config, aws } = stage;
    if (!hasPart(config.settings, 'monitoring')) return progress(`- no alarm was set: ${config.stage} has none`);
    if (!this.#options.withAlarm) return progress('- no alarm was set: ALARM=0');
    progress('  an alarm, set by hand ...');
    await this.#step('alarm', () => tryAlarm(config, aws, signal));
  }
}
