import { onFirstCall } from '../aws/clients.ts';
import { openDatabase } from '../aws/database.ts';
import { readEnvironment, readNumbers } from '../aws/environment.ts';
import { createWorkflow, createWorkflowClient } from '../aws/step-functions.ts';
import { createEndRecorder } from '../execution/end-recorder.ts';
import { Executions, type OnEnded } from '../execution/executions.ts';
import type { Log } from '../log/logger.ts';
import { createRecentPace } from '../pace/recent-pace.ts';
import { createAdmission } from './admission.ts';
import type { RepairTools } from './repair.ts';
import type { StartTools } from './start.ts';

/**
 * For every Lambda that repairs executions which a crash left half done. Few invocations find one, and call Step Functions.
 * @param writeMetrics left out behind the API, where a call must not depend on CloudWatch: then the sweep writes them
 * @throws Error naming what the environment lacks
 */
export function wireRepair(
  log: Log,
  db = openDatabase('goals', 'tasks', 'executions'),
  writeMetrics?: OnEnded,
): RepairTools {
  const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
  const limits = readNumbers(['START_GRACE_MS', 'EXECUTION_TIMEOUT_MS']);
  return {
    executions: new Executions(db, {
      onEnded: createEndRecorder(log, writeMetrics),
      pace: createRecentPace(db, log),
    }),
    workflow: createWorkflow(stateMachineArn, onFirstCall(createWorkflowClient)),
    log,
    startGraceMs: limits.START_GRACE_MS,
    executionTimeoutMs: limits.EXECUTION_TIMEOUT_MS,
  };
}

/** For every Lambda that starts executions. */
export function wireStart(log: Log): StartTools {
  const limits = readNumbers(['MAX_RUNNING_EXECUTIONS', 'MAX_RUNNING_OF_STAGE']);
  const { STATE_MACHINE_ARN: stateMachineArn } = readEnvironment(['STATE_MACHINE_ARN']);
  const maxRunning = limits.MAX_RUNNING_EXECUTIONS;
  const tools = wireRepair(log);
  const admission = createAdmission(tools.executions, { max: limits.MAX_RUNNING_OF_STAGE, maxOfUser: maxRunning });
  return { ...tools, workflow: createWorkflow(stateMachineArn), maxRunning, admission };
}
