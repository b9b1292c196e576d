import { SNSClient } from '@aws-sdk/client-sns';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { claim, unclaimRequest } from '@goal-activity/core/claim.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment, readNumbers } from '@goal-activity/core/environment.ts';
import { goalNotFound } from '@goal-activity/core/errors.ts';
import { getExecution } from '@goal-activity/core/executions.ts';
import { getGoal, listActions } from '@goal-activity/core/goals.ts';
import { httpBoundary, pathParameter } from '@goal-activity/core/http.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { repair } from '@goal-activity/core/repair.ts';
import { listTasks } from '@goal-activity/core/tasks.ts';
import { createWorkflow } from '@goal-activity/core/workflow.ts';
import { startWorkflow } from './start-workflow.ts';

const environment = readEnvironment([
  'GOALS_TABLE',
  'TASKS_TABLE',
  'EXECUTIONS_TABLE',
  'STATE_MACHINE_ARN',
  'ALERTS_TOPIC_ARN',
]);
const { START_GRACE_MS: startGraceMs, EXECUTION_TIMEOUT_MS: executionTimeoutMs } = readNumbers([
  'START_GRACE_MS',
  'EXECUTION_TIMEOUT_MS',
]);
const db = createDatabase({
  goals: environment.GOALS_TABLE,
  tasks: environment.TASKS_TABLE,
  executions: environment.EXECUTIONS_TABLE,
});
const workflow = createWorkflow(environment.STATE_MACHINE_ARN);
const sns = new SNSClient({ maxAttempts: 3 });
const log = createLog('start-workflow');
const tools = {
  db,
  workflow,
  sns,
  alertsTopicArn: environment.ALERTS_TOPIC_ARN,
  log,
  startGraceMs,
  executionTimeoutMs,
};

/** POST /api/goals/{goalId}/start-activity */
export const handler = httpBoundary(log, async ({ userId, path }) => {
  const { isNew, record } = await startWorkflow(pathParameter(path, 'goalId', goalNotFound), userId, {
    getGoal: (goalId) => getGoal(db, goalId),
    listActions: (goalId) => listActions(db, goalId),
    actionsWithTasks: async (goalId) => new Set((await listTasks(db, goalId)).map(({ actionId }) => actionId)),
    getExecution: (executionArn) => getExecution(db, executionArn),
    repair: (record) => repair(tools, record, new Date()),
    claim: (goal, record, actions) => claim(db, goal, record, actions),
    unclaim: async (record, positions) => {
      await db.client.send(new TransactWriteCommand(unclaimRequest(db, record, positions, new Date())));
    },
    workflow,
    log,
    now: () => new Date(),
  });
  const { executionArn, goalId, status, startedAt: startDate } = record;
  return { status: isNew ? 202 : 200, body: { executionArn, goalId, status, startDate } };
});
