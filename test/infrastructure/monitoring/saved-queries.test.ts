import { expect } from 'chai';
import { createMemoryLog } from '../../../lambdas/core/src/log/logger.ts';
import { EXECUTION_ARN_HERE } from '../../../modules/monitoring/saved-queries.ts';
import { LAMBDAS } from '../../../modules/workflow/function-table.ts';
import { prod, resourcesOf, underscored } from '../synthesized.ts';

const EVERYTHING = [...LAMBDAS, 'workflow'];

/** Whose logs each query asks, and what must be in its text. */
const QUERIES: readonly (readonly [name: string, owners: readonly string[], ...parts: readonly string[]])[] = [
  // The report of Lambda is of what our own code could not log.
  ['errors-by-function', EVERYTHING, 'level = "error"', 'record.status in ["timeout", "failure"]'],
  ['slowest-ai-calls', ['generate-tasks'], 'message = "AI answered"', 'sort durationMs desc'],
  ['story-of-an-execution', EVERYTHING, `executionArn = "${EXECUTION_ARN_HERE}"`, 'sort @timestamp asc'],
  ['failed-actions-by-reason', ['generate-tasks', 'save-tasks'], 'message = "step failed"', 'by function, errorName'],
];
const queries = Object.values(resourcesOf(prod, 'aws_cloudwatch_query_definition'));

describe('saved queries', () => {
  for (const [name, owners, ...parts] of QUERIES) {
    it(`${name} asks the logs that have the answer, for it`, () => {
      const query = queries.find((of) => of.name === `goal-activity-prod/${name}`);
      expect(query?.log_group_names).to.have.members(
        owners.map((owner) => `\${aws_cloudwatch_log_group.${underscored(owner)}_logs.name}`),
      );
      for (const part of parts) expect(query?.query_string).to.include(part);
    });
  }

  it('use fields that the logger lets through', () => {
    const texts = {
      executionArn: 'arn',
      goalId: 'g',
      actionId: 'a',
      errorName: 'TransientError',
      errorMessage: 'none',
    };
    const fields = { ...texts, durationMs: 1, inputTokens: 1, outputTokens: 1, modelId: 'm' };
    const { log, lines } = createMemoryLog('goals');
    log.error('step failed', fields);
    expect(lines[0]).to.include({ ...fields, function: 'goals', level: 'error', message: 'step failed' });
    const text = queries.map((of) => of.query_string).join('\n');
    for (const field of Object.keys(fields)) expect(text).to.match(new RegExp(`\\b${field}\\b`));
  });
});
