import { STATE_MACHINE_ARN } from '../../../../test/support/stack/goal.ts';
import type { Database } from '../../src/aws/database.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { createStartTools, type StartTools } from '../../src/workflow/start.ts';
import { createWorkflow, type Workflow } from '../../src/workflow/workflow.ts';
import { unnoticed } from './ends.ts';

export interface GivenStart {
  /** Calls of StartExecution. */
  readonly calls: { name: string; input: object }[];
  readonly tools: StartTools;
  readonly lines: Record<string, unknown>[];
}

/**
 * The real tools of a start, with a StartExecution that does what the test wants and notes its calls.
 * @param describe what Step Functions says of an execution; that there is none, unless said otherwise
 */
export function givenStart(
  db: Database,
  start: Workflow['start'] = async () => 'started',
  maxRunning = 5,
  describe: Workflow['describe'] = async () => undefined,
): GivenStart {
  const calls: GivenStart['calls'] = [];
  const workflow: Workflow = {
    ...createWorkflow(STATE_MACHINE_ARN, { send: async () => Promise.reject(new Error('no call is expected')) }),
    describe,
    start: (name, input) => {
      calls.push({ name, input });
      return start(name, input);
    },
  };
  const { log, lines } = createMemoryLog();
  const repairTools = {
    db,
    workflow,
    log,
    startGraceMs: 10_000,
    executionTimeoutMs: 900_000,
    onEnded: unnoticed,
  };
  return { calls, tools: createStartTools(repairTools, maxRunning), lines };
}
