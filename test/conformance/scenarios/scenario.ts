import type { ScriptedAnswer } from '../../../local/aws/bedrock/bedrock.ts';
import type { Script } from '../engine/scripts.ts';

/**
 * The calls of states, or of a state for one action (`SaveTasks@3`), one after the other: the error that each fails with, `ok`,
 * or `open` for one that is not over when the run is.
 */
export type Calls = Readonly<Record<string, readonly string[]>>;

/** One run of one goal: what is done to it. */
export interface Plan {
  readonly name: string;
  readonly actions: number;
  /** Those of which not each is `ok` at once. They fail so, unless `script` or `ai` makes them. */
  readonly calls?: Calls;
  readonly script?: Script;
  /** What the AI does with an action, by position; it answers without. */
  readonly ai?: Readonly<Record<number, ScriptedAnswer>>;
  /** The run is cancelled while every first call of this state is under way. */
  readonly cancelIn?: string;
}

/** What the promises say of the end of a run, whatever runs it: docs/guarantees.md and the requirements in docs/design.md. */
export interface End {
  readonly engine: readonly [status: string, error?: string];
  readonly record: string;
  readonly goal: string;
  readonly path: readonly string[];
  /** The kinds of the messages. */
  readonly messages: readonly string[];
}

/** A run, and what is promised of it. */
export interface Scenario extends Plan {
  readonly end: End;
  /** How often each state of a batch is entered; by default, each batch goes through its two. */
  readonly batchStates?: Readonly<Record<string, number>>;
  /** The states of actions, by position, where they do not follow from the calls. */
  readonly actionPaths?: Readonly<Record<number, readonly string[]>>;
  /** How actions ended that were not saved, by position, where it does not follow from the calls. */
  readonly failed?: Readonly<Record<number, string>>;
}

/** Why a run is cancelled. */
export const CANCEL_REASON = 'by the conformance run';

export const repeated = (error: string, times: number) => Array.from({ length: times }, () => error);

/** The states of an action whose tasks are saved. */
export const SAVED = ['GenerateTasks', 'SaveTasks'];
