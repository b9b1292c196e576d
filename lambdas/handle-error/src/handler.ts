import { SNSClient } from '@aws-sdk/client-sns';
import { parse, taskBoundary } from '@goal-activity/core/boundary.ts';
import { createDatabase } from '@goal-activity/core/database.ts';
import { readEnvironment } from '@goal-activity/core/environment.ts';
import { createLog } from '@goal-activity/core/logger.ts';
import { deliverNotification } from '@goal-activity/core/notify.ts';
import { type Collaborators, handleCaught, handleStatusEvent } from './handle-error.ts';
import * as validators from './validators.generated.js';

const {
  GOALS_TABLE: goals,
  TASKS_TABLE: tasks,
  EXECUTIONS_TABLE: executions,
  ALERTS_TOPIC_ARN: alertsTopicArn,
} = readEnvironment(['GOALS_TABLE', 'TASKS_TABLE', 'EXECUTIONS_TABLE', 'ALERTS_TOPIC_ARN']);
const db = createDatabase({ goals, tasks, executions });
const sns = new SNSClient({ maxAttempts: 3 });
const log = createLog('handle-error');

export const handler = taskBoundary({
  log,
  input: validators.input,
  output: validators.output,
  run: (input) => {
    const now = new Date();
    const collaborators: Collaborators = {
      db,
      log,
      now,
      deliver: (record) => deliverNotification(db, sns, alertsTopicArn, record, now),
    };
    return validators.caught(input)
      ? handleCaught(input, collaborators)
      : handleStatusEvent(parse(validators.statusEvent, input, 'The status event'), collaborators);
  },
});
