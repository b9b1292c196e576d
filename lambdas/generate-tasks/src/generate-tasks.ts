import { invalidPlaces } from '@goal-activity/core/aws/boundary.ts';
import { BatchTimeout, PermanentError, TransientError } from '@goal-activity/core/errors.ts';
import { isUntouched } from '@goal-activity/core/goal/tasks.ts';
import type { LogFields } from '@goal-activity/core/log/logger.ts';
import type { ActionRow, GoalRow, TaskRow, Usage } from '@goal-activity/core/types.ts';
import type { FromSchema } from 'json-schema-to-ts';
import { AiTimeout, type Answer, RefusedAnswer } from './bedrock.ts';
import { neighboursOf, PROMPT_VERSION, type Subject } from './prompt.ts';
import type { inputSchema, outputSchema } from './schema.ts';
import { answer as isAnswer } from './validators.generated.js';

export type Input = FromSchema<typeof inputSchema>;

/** What is read of a goal. */
export interface Context {
  readonly goal: GoalRow | undefined;
  readonly actions: readonly ActionRow[];
  readonly tasks: readonly TaskRow[];
}

/** An AI call that failed: what was paid for an answer that was refused, and whether the action has no attempt after it. */
export interface FailedAttempt {
  readonly usage?: Usage;
  readonly isLast?: true;
}

export interface Collaborators {
  /** The goal, its actions and its tasks, as they were when the execution first asked, or later. */
  read(): Promise<Context>;
  ask(subject: Subject, timeoutMs: number): Promise<Answer>;
  warn(message: string, fields: LogFields): void;
  /** Never fails. */
  noteFailedAttempt(attempt: FailedAttempt): Promise<void>;
  now(): Date;
  /** One AI call; milliseconds. */
  readonly aiTimeoutMs: number;
  /** A batch, from its `batchStartedAt`; milliseconds. */
  readonly batchTimeoutMs: number;
}

/**
 * Asks the AI for the tasks of one action.
 * @throws BatchTimeout once the batch's time is over, PermanentError when the execution has lost its goal or the AI
 * refuses for good, TransientError for all that may pass, an answer that breaks its schema included
 */
export async function generateTasks(
  input: Input,
  collaborators: Collaborators,
): Promise<FromSchema<typeof outputSchema>> {
  const { executionArn, goalId, actionId, batchStartedAt } = input;
  const { read, ask, warn, noteFailedAttempt, now, aiTimeoutMs, batchTimeoutMs } = collaborators;
  const deadline = Date.parse(batchStartedAt) + batchTimeoutMs;
  const over = () => new BatchTimeout('The time of the batch is over');
  if (now().getTime() >= deadline) throw over();
  const { goal, actions, tasks } = await read();
  if (goal?.executionArn !== executionArn || goal.status !== 'processing') {
    throw new PermanentError('The execution no longer holds its goal');
  }
  const action = actions.find((each) => each.actionId === actionId);
  if (action === undefined) throw new PermanentError('The goal has no such action');
  const today = now();
  const leftMs = deadline - today.getTime();
  const ofOthers = tasks.filter((task) => task.actionId === actionId && task.executionArn !== executionArn);
  const replaced = ofOthers.filter(isUntouched);
  const subject: Subject = {
    ...{ goal, action, today, neighbours: neighboursOf(action, actions) },
    kept: ofOthers.filter((task) => !isUntouched(task)),
    replaced: replaced.map(({ title }) => title),
  };
  try {
    const { input: answer, usage } = await ask(subject, Math.max(1, Math.min(aiTimeoutMs, leftMs)));
    if (isAnswer(answer)) {
      const replaces = replaced.length === 0 ? {} : { replaces: replaced.map(({ taskId }) => taskId) };
      const { retryCount: _logged, ...of } = input;
      return { ...of, tasks: answer.tasks, usage, promptVersion: PROMPT_VERSION, ...replaces };
    }
    const invalidPaths = invalidPlaces(isAnswer)
      .slice(0, 5)
      .map(({ path, message }) => `${path} ${message}`);
    warn('the AI answer is invalid', { executionArn, goalId, actionId, invalidPaths });
    throw new RefusedAnswer('The AI answered with invalid tasks', usage);
  } catch (thrown) {
    // Its timer may fire a moment early: a retry would come after the batch.
    const isOver = now().getTime() >= deadline || (thrown instanceof AiTimeout && leftMs < aiTimeoutMs);
    await noteFailedAttempt({
      ...(thrown instanceof RefusedAnswer ? { usage: thrown.usage } : {}),
      ...(isOver || !(thrown instanceof TransientError) ? { isLast: true } : {}),
    });
    if (isOver) throw over();
    throw thrown;
  }
}
