import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, PermanentError, TransientError } from '../../lambdas/core/src/errors.ts';
import { LIMITS } from '../../lambdas/core/src/schema.ts';
import type { ActionRow, GoalRow, TaskRow, Usage } from '../../lambdas/core/src/types.ts';
import { AiTimeout, askModel, RefusedAnswer } from '../../lambdas/generate-tasks/src/bedrock.ts';
import { generateTasks } from '../../lambdas/generate-tasks/src/generate-tasks.ts';
import { DURATIONS } from '../../modules/workflow/variables.ts';
import { explain } from '../stage/model-access.ts';
import type { Case } from './cases.ts';
import { type Answered, EvaluationError, type Model } from './model.ts';

const ACCOUNT = 'arn:aws:states:ap-northeast-1:123456789012:execution:evaluation';

/** The rows that GenerateTasks would read. */
function contextOf({ goal, index }: Case, now: Date) {
  const executionArn = `${ACCOUNT}:evaluation-1`;
  const at = now.toISOString();
  const { title, description, deadlineInDays, subGoal } = goal;
  const deadline =
    deadlineInDays === null ? null : new Date(now.getTime() + deadlineInDays * 86_400_000).toISOString().slice(0, 10);
  const goalRow: GoalRow = {
    ...{ goalId: 'evaluation', userId: 'evaluation', title, description, deadline, executionArn },
    ...{ status: 'processing', version: 1, attempt: 1, actionCount: goal.actions.length, createdAt: at },
  };
  const actions = goal.actions.map(
    ({ title, description, type }, position): ActionRow => ({
      ...{ goalId: 'evaluation', actionId: `action-${position}`, position, title, description, type, subGoal },
    }),
  );
  const kept = goal.actions[index]?.kept ?? [];
  const tasks = kept.map(
    ({ title, description }, place): TaskRow => ({
      ...{ goalId: 'evaluation', actionId: `action-${index}`, taskId: `kept-${place}`, title, description },
      ...{ type: 'execution', estimatedMinutes: 30, status: 'not_started', version: 1, changedAt: at },
    }),
  );
  return { executionArn, read: async () => ({ goal: goalRow, actions, tasks }) };
}

/**
 * Asks a model about one action, by the code of the Lambda: its request, its client, its check of the answer. An answer that it
 * refuses is the model's and stays; what may pass, such as throttling, is tried again.
 * @throws EvaluationError when no call can succeed
 */
export async function ask(model: Model, asked: Case): Promise<Answered> {
  const answered = { id: asked.id, throttled: 0 };
  for (let attempt = 1; ; attempt += 1) {
    const { result, thrown, usage, invalid } = await tryOnce(model, asked);
    if (result !== undefined) return { ...answered, outcome: 'valid', tasks: [...result.tasks], usage: result.usage };
    const { name } = describeError(Object(thrown).cause ?? thrown);
    if (name === 'ThrottlingException') answered.throttled += 1;
    if (thrown instanceof RefusedAnswer)
      return { ...answered, outcome: 'invalid', reason: [thrown.message, ...invalid].join('; '), tasks: [], usage };
    const explained = explain(thrown, model);
    if (explained !== undefined) throw new EvaluationError(explained);
    if (!(thrown instanceof TransientError || thrown instanceof PermanentError)) throw thrown;
    if (thrown instanceof AiTimeout || attempt === LIMITS.attemptsPerAction)
      return { ...answered, outcome: 'failed', reason: thrown.message, tasks: [] };
    await sleep(model.waitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
  }
}

async function tryOnce({ client, modelId }: Model, asked: Case) {
  const now = new Date();
  const { executionArn, read } = contextOf(asked, now);
  const invalid: string[] = [];
  let usage: Usage | undefined;
  const input = {
    ...{ executionArn, goalId: 'evaluation', actionId: `action-${asked.index}`, position: asked.index },
    batchStartedAt: now.toISOString(),
  };
  try {
    const result = await generateTasks(input, {
      read,
      ask: (subject, timeoutMs) => askModel(client, modelId, subject, timeoutMs),
      warn: (_message, { invalidPaths }) => invalid.push(...[invalidPaths ?? []].flat().map(String)),
      noteFailedAttempt: async (failed) => {
        usage = failed.usage;
      },
      now: () => new Date(),
      aiTimeoutMs: Number(DURATIONS.AI_TIMEOUT_MS),
      batchTimeoutMs: Number(DURATIONS.BATCH_TIMEOUT_MS),
    });
    return { result, usage, invalid };
  } catch (thrown) {
    return { thrown, usage, invalid };
  }
}
