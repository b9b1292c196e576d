import { expect } from 'chai';
import { createMemoryLog } from '../../../lambdas/core/src/log/logger.ts';
import { EXECUTION_ARN_HERE } from '../../../modules/monitoring/saved-queries.ts';
import { LAMBDAS } from '../../../modules/workflow/function-table.ts';
import { prod, resourcesOf, underscored } from '../synthesized.ts';

const logsOf = (owner: string) => `\${aws_cloudwatch_log_group.${underscored(owner)}_logs.name}`;
const EVERYTHING = [...LAMBDAS, 'workflow'].map(logsOf);

/** Which logs each query asks, and what must be in its text. */
const QUERIES: Readonly<Record<string, readonly [logs: readonly string[], ...parts: readonly string[]]>> = {
  'errors-by-function': [
    EVERYTHING,
    'level = "error"',
    // What our own code could not log.
    'type = "platform.report" and record.status in ["timeout", "failure"]',
    'by source, error',
  ],
  'slowest-ai-calls': [[logsOf('generate-tasks')], 'message = "AI answered"', 'sort durationMs desc'],
  'story-of-an-execution': [
    EVERYTHING,
    `executionArn = "${EXECUTION_ARN_HERE}" or execution_arn = "${EXECUTION_ARN_HERE}"`,
    'sort @timestamp asc',
  ],
  'failed-actions-by-reason': [
    ['generate-tasks', 'save-tasks'].map(logsOf),
    'message = "step failed"',
    'count_distinct(action) as actions',
    'by function, errorName',
  ],
};
const queries = Object.values(resourcesOf(prod, 'aws_cloudwatch_query_definition'));

describe('saved queries', () => {
  for (const [name, [logs, ...parts]] of Object.entries(QUERIES)) {
    it(`${name} asks the logs that have the answer, for it`, () => {
      const query = queries.find((of) => of.name === `goal-activity-prod/${name}`);
      expect(query?.log_group_names).to.have.members([...logs]);
      for (const part of parts) expect(query?.query_string).to.include(part);
    });
  }

  it('use fields that the logger lets through', () => {
    const fields = {
      executionArn: 'arn',
      goalId: 'g',
      actionId: 'a',
      errorName: 'TransientError',
      errorMessage: 'no answer',
      durationMs: 1,
      inputTokens: 1,
      outputTokens: 1,
      modelId: 'm',
    };
    const { log, lines } = createMemoryLog('goals');
    log.error('step failed', fields);
    expect(lines[0]).to.include({ ...fields, function: 'goals', level: 'error', message: 'step failed' });
    const text = queries.map((of) => of.query_string).join('\n');
    for (const field of Object.keys(fields)) expect(text).to.match(new RegExp(`\\b${field}\\b`));
  });
});
