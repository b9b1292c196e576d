import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { aggregateResults } from './aggregate-results.ts';
import * as validators from './validators.generated.js';

const executions = new Executions(openDatabase('executions'));
const log = createLog('aggregate-results');

export const handler = taskBoundary({ log, ...validators, run: (input) => aggregateResults(executions, input, log) });
