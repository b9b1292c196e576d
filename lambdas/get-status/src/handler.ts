import { SNSClient } from '@aws-sdk/client-sns';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment, readNumbers } from '@goal-activity/core/environment.ts';
import { executionNotFound } from '@goal-activity/core/errors.ts';
import { getExecution, listOutcomes } from '@goal-activity/core/executions.ts';
import { httpBoundary, pathParameter } from '@goal-activity/core/http.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { repair } from '@goal-activity/core/repair.ts';
import { createWorkflow } from '@goal-activity/core/workflow.ts';
import { getStatus } from './get-status.ts';

const environment = readEnvironment([
  'GOALS_TABLE',
  'TASKS_TABLE',
  'EXECUTIONS_TABLE',
  'STATE_MACHINE_ARN',
  'ALERTS_TOPIC_ARN',
]);
const numbers = readNumbers([
  'START_GRACE_MS',
  'EXECUTION_TIMEOUT_MS',
  'USD_PER_MILLION_INPUT_TOKENS',
  'USD_PER_MILLION_OUTPUT_TOKENS',
]);
const db = createDatabase({
  goals: environment.GOALS_TABLE,
  tasks: environment.TASKS_TABLE,
  executions: environment.EXECUTIONS_TABLE,
});
const log = createLog('get-status');
const tools = {
  db,
  workflow: createWorkflow(environment.STATE_MACHINE_ARN),
  sns: new SNSClient({ maxAttempts: 3 }),
  alertsTopicArn: environment.ALERTS_TOPIC_ARN,
  log,
  startGraceMs: numbers.START_GRACE_MS,
  executionTimeoutMs: numbers.EXECUTION_TIMEOUT_MS,
};

/** GET /api/workflows/{executionArn}/status */
export const handler = httpBoundary(log, async ({ userId, path }) => ({
  status: 200,
  body: await getStatus(pathParameter(path, 'executionArn', executionNotFound), userId, {
    getExecution: (executionArn) => getExecution(db, executionArn),
    listOutcomes: (executionArn) => listOutcomes(db, executionArn),
    repair: (record) => repair(tools, record, new Date()),
    prices: { input: numbers.USD_PER_MILLION_INPUT_TOKENS, output: numbers.USD_PER_MILLION_OUTPUT_TOKENS },
    now: () => new Date(),
  }),
}));
