import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { bestEffort } from '@goal-activity/core/aws/best-effort.ts';
import { idsOf, taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { readEnvironment, readNumbers } from '@goal-activity/core/aws/environment.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { createProgressRefresher } from '@goal-activity/core/execution/refresh-progress.ts';
import { getGoalWithActions } from '@goal-activity/core/goal/rows.ts';
import { listTasks } from '@goal-activity/core/goal/tasks.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { pick } from '@goal-activity/core/pick.ts';
import { askModel, createModelClient } from './bedrock.ts';
import { rememberContexts } from './contexts.ts';
import { noteFailedAttemptRequest } from './failed-attempt.ts';
import { generateTasks } from './generate-tasks.ts';
import * as validators from './validators.generated.js';

const { MODEL_ID: modelId } = readEnvironment(['MODEL_ID']);
const {
  AI_TIMEOUT_MS: aiTimeoutMs,
  BATCH_TIMEOUT_MS: batchTimeoutMs,
  PROGRESS_GRACE_MS: graceMs,
} = readNumbers(['AI_TIMEOUT_MS', 'BATCH_TIMEOUT_MS', 'PROGRESS_GRACE_MS']);
const log = createLog('generate-tasks');
const db = openDatabase('goals', 'tasks', 'executions');
const client = createModelClient();
const contextOf = rememberContexts(async (goalId) => {
  const [found, tasks] = await Promise.all([getGoalWithActions(db, goalId), listTasks(db, goalId)]);
  return { ...found, tasks };
});
/** An AI call may take all but 3 s of the function's time. */
const NOTE_LIMIT_MS = 1_000;
/** Whoever waits for the AI looks after the record: nobody else may be there until the last action of a batch ends. */
const refreshProgress = createProgressRefresher(new Executions(db), graceMs, log);

export const handler = taskBoundary({
  log,
  ...validators,
  run: (input) =>
    generateTasks(input, {
      read: () => contextOf(input.executionArn, input.goalId),
      ask: async (subject, timeoutMs) => {
        const refreshing = setInterval(() => void refreshProgress(input), 2 * graceMs);
        const asked = askModel(client, modelId, subject, timeoutMs, pick(input, 'executionArn', 'actionId'));
        const answer = await asked.finally(() => clearInterval(refreshing));
        const { latencyMs: durationMs = 0, ...tokens } = answer.usage;
        log.info('AI answered', { ...idsOf(input), modelId, durationMs, ...tokens });
        return answer;
      },
      warn: log.warn,
      noteFailedAttempt: (attempt) => {
        const note = new UpdateCommand(noteFailedAttemptRequest(db, input, randomUUID(), attempt, new Date()));
        const failure = 'the failed attempt could not be noted';
        return bestEffort(log, failure, idsOf(input), () => db.client.send(note), NOTE_LIMIT_MS);
      },
      now: () => new Date(),
      aiTimeoutMs,
      batchTimeoutMs,
    }),
});
