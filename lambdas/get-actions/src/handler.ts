import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { getActions } from './get-actions.ts';
import * as validators from './validators.generated.js';

const db = openDatabase('goals');

export const handler = taskBoundary({
  log: createLog('get-actions'),
  ...validators,
  run: (input) => getActions(db, input),
});
