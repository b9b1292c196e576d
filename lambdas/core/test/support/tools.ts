import { STATE_MACHINE_ARN } from '../../../../test/support/stack/goal.ts';
import type { TestTopic } from '../../../../test/support/stack/topic.ts';
import type { Database } from '../../src/aws/database.ts';
import { executionArnFor } from '../../src/aws/execution-arn.ts';
import type { Workflow } from '../../src/aws/step-functions.ts';
import { Executions } from '../../src/execution/executions.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import type { Admission } from '../../src/workflow/admission.ts';
import { givenMetrics, noteEnds } from './ends.ts';

/** Step Functions as a test wants it: what it does not answer for fails. Notes the calls. */
function givenWorkflow(answers: Partial<Workflow>) {
  const calls: string[] = [];
  const starts: { name: string; input: object }[] = [];
  const answerOf = <Call extends 'describe' | 'start' | 'stop'>(call: Call): Workflow[Call] => {
    calls.push(call);
    const answer: Workflow[Call] | undefined = answers[call];
    if (answer === undefined) throw new Error(`${call} is not expected`);
    return answer;
  };
  const workflow: Workflow = {
    executionArnOf: (name) => executionArnFor(STATE_MACHINE_ARN, name),
    describe: async (executionArn) => answerOf('describe')(executionArn),
    stop: async (...stop) => answerOf('stop')(...stop),
    start: async (name, input) => {
      starts.push({ name, input });
      return answerOf('start')(name, input);
    },
  };
  return { workflow, calls, starts };
}

/** A stage with room for everyone. */
const open: Admission = { isOpenTo: async () => true, note: () => undefined };

/**
 * The real tools of a repair and of a start, on such a Step Functions.
 * @param now the time at which the clock stands still; the system's clock without
 */
export function givenTools(db: Database, answers: Partial<Workflow> = {}, now?: Date, maxRunning = 5) {
  const { onEnded, ends } = noteEnds();
  const { log, lines } = createMemoryLog();
  const { workflow, calls, starts } = givenWorkflow(answers);
  const executions = new Executions(db, { onEnded, ...(now === undefined ? {} : { now: () => now }) });
  const limits = { startGraceMs: 10_000, executionTimeoutMs: 900_000, maxRunning };
  const tools = { executions, workflow, log, ...limits, admission: open };
  return { tools, calls, starts, ends, lines };
}

/** The real tools of a start. @param describe what Step Functions says of an execution; that there is none, unless said otherwise */
export function givenStart(
  db: Database,
  start: Workflow['start'] = async () => 'started',
  maxRunning = 5,
  describe: Workflow['describe'] = async () => undefined,
) {
  const { starts, ...given } = givenTools(db, { start, describe }, undefined, maxRunning);
  return { ...given, calls: starts };
}

/** The real tools of a sweep. */
export function givenSweep(db: Database, { sns, topicArn }: TestTopic, answers: Partial<Workflow> = {}, now?: Date) {
  const given = givenTools(db, answers, now);
  const { writeMetrics, puts } = givenMetrics(db);
  const readers = { language: 'en', runbookUrl: 'https://example.com/operations.md' } as const;
  return { ...given, tools: { ...given.tools, sns, alertsTopicArn: topicArn, readers, writeMetrics }, puts };
}
