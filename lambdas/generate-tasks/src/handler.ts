import { taskBoundary } from '@goal-activity/core/boundary.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment, readNumbers } from '@goal-activity/core/environment.ts';
import { getGoalWithAction } from '@goal-activity/core/goals.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { askModel, createModelClient } from './bedrock.ts';
import { generateTasks } from './generate-tasks.ts';
import * as validators from './validators.generated.js';

const { GOALS_TABLE: goals, MODEL_ID: modelId } = readEnvironment(['GOALS_TABLE', 'MODEL_ID']);
const { AI_TIMEOUT_MS: aiTimeoutMs, BATCH_TIMEOUT_MS: batchTimeoutMs } = readNumbers([
  'AI_TIMEOUT_MS',
  'BATCH_TIMEOUT_MS',
]);
const db = createDatabase({ goals });
const client = createModelClient();
const log = createLog('generate-tasks');

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: (input) =>
    generateTasks(input, {
      read: (goalId, position) => getGoalWithAction(db, goalId, position),
      ask: async (goal, action, timeoutMs) => {
        const answer = await askModel(client, modelId, goal, action, timeoutMs);
        const { inputTokens, outputTokens, latencyMs = 0 } = answer.usage;
        const { executionArn, goalId, actionId } = input;
        log.info('AI answered', {
          executionArn,
          goalId,
          actionId,
          modelId,
          durationMs: latencyMs,
          inputTokens,
          outputTokens,
        });
        return answer;
      },
      isAnswer: validators.answer,
      warn: log.warn,
      now: () => new Date(),
      aiTimeoutMs,
      batchTimeoutMs,
    }),
});
