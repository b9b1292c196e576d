import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { GeneratedTask, Usage } from '../../lambdas/core/src/types.ts';

/** How a model is called. */
export interface Model {
  readonly client: Pick<BedrockRuntimeClient, 'send'>;
  readonly modelId: string;
  readonly region: string;
  /** Milliseconds before the second attempt at a call that may pass; each further one waits twice as long. */
  readonly waitMs: number;
}

/** What became of a case. */
export interface Answered {
  readonly id: string;
  /** `valid` and `invalid`: by the schema of GenerateTasks; `failed`: there was no answer. */
  readonly outcome: 'valid' | 'invalid' | 'failed';
  /** Why there are no tasks, without the model's words. */
  readonly reason?: string;
  readonly tasks: readonly GeneratedTask[];
  /** Of the last answer; missing when there was none. */
  readonly usage?: Usage | undefined;
  /** Calls that were refused for coming too fast. */
  readonly throttled: number;
}

/** Nothing can be measured: the message says what to do. */
export class EvaluationError extends Error {}
