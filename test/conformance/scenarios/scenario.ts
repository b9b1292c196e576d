import type { ScriptedAnswer } from '../../../local/aws/bedrock/bedrock.ts';
import type { Script } from '../engine/scripts.ts';

/** A wait before a retry, in seconds; with jitter, it is anything up to that. */
export type Wait = number | { readonly upTo: number };

/** What the promises say of a run, whatever runs it: docs/guarantees.md and the requirements in docs/design.md. */
export interface Expected {
  readonly engine: readonly [status: string, error?: string];
  readonly record: string;
  readonly goal: string;
  readonly path: readonly string[];
  /** How often each state of a batch is entered; by default, each batch goes through its two. */
  readonly batchStates?: Readonly<Record<string, number>>;
  /** Of the actions that do not take `SAVED`, by position. */
  readonly actionPaths?: Readonly<Record<number, readonly string[]>>;
  /** The calls of states of which not each was `ok` at once, as in `Observation.calls`. */
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  readonly waits?: Readonly<Record<string, readonly Wait[]>>;
  /** How the actions ended, by position: those that were not saved. */
  readonly failed?: Readonly<Record<number, string>>;
  /** The kinds of the messages. */
  readonly messages?: readonly string[];
}

/** One run of one goal. */
export interface Scenario {
  readonly name: string;
  readonly actions: number;
  readonly script?: Script;
  /** What the AI does with an action; it answers without. */
  readonly ai?: (position: number) => ScriptedAnswer | undefined;
  /** The run is cancelled while every first call of this state is under way. */
  readonly cancelIn?: string;
  readonly expected: Expected;
}

/** What a run needs to be told. */
export type Plan = Omit<Scenario, 'expected'>;

/** Why a run is cancelled. */
export const CANCEL_REASON = 'by the conformance run';
