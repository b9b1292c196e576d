import type { TestTopic } from '../../../../test/support/stack/topic.ts';
import type { Database } from '../../src/aws/database.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import type { SweepTools } from '../../src/workflow/report.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';
import { givenMetrics, noteEnds } from './ends.ts';

/** The real tools of a sweep, on a Step Functions that answers what the test says, and fails any other call. */
export function givenSweep(db: Database, { sns, topicArn }: TestTopic, answers: Partial<Workflow> = {}) {
  const { log, lines } = createMemoryLog();
  const { onEnded, ends } = noteEnds();
  const { writeMetrics, puts } = givenMetrics(db);
  const unexpected = async () => {
    throw new Error('this call is not expected');
  };
  const tools: SweepTools = {
    db,
    workflow: {
      executionArnOf: () => '',
      start: unexpected,
      stop: unexpected,
      describe: unexpected,
      ...answers,
    },
    sns,
    alertsTopicArn: topicArn,
    runbookUrl: 'https://example.com/operations.md',
    log,
    onEnded,
    writeMetrics,
    clock: () => new Date(),
    startGraceMs: 10_000,
    executionTimeoutMs: 900_000,
  };
  return { tools, lines, ends, puts };
}
