import { taskBoundary } from '@goal-activity/core/aws/boundary.ts';
import { openDatabase } from '@goal-activity/core/aws/database.ts';
import { Executions } from '@goal-activity/core/execution/executions.ts';
import { createLog } from '@goal-activity/core/log/logger.ts';
import { validateInput } from './validate-input.ts';
import * as validators from './validators.generated.js';

const executions = new Executions(openDatabase('goals', 'executions'));
const log = createLog('validate-input');

export const handler = taskBoundary({ log, ...validators, run: (input) => validateInput(executions, input, log) });
