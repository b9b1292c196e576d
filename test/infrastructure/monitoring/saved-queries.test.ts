import { globSync } from 'node:fs';
import { expect } from 'chai';
import { createMemoryLog } from '../../../lambdas/core/src/log/logger.ts';
import { ROOT, read } from '../../documents.ts';
import { prod, resourcesOf } from '../synthesized.ts';

describe('saved queries', () => {
  const text = Object.values(resourcesOf(prod, 'aws_cloudwatch_query_definition'))
    .map((of) => of.query_string)
    .join('\n');

  it('use fields that the logger lets through', () => {
    const texts = { executionArn: 'arn', goalId: 'g', actionId: 'a', errorName: 'Error', errorMessage: 'none' };
    const fields = {
      ...texts,
      advice: 'none',
      code: 'none',
      durationMs: 1,
      actionMs: 1,
      usualActionMs: 1,
      inputTokens: 1,
      outputTokens: 1,
      modelId: 'm',
    };
    const { log, lines } = createMemoryLog('goals');
    log.error('step failed', fields);
    expect(lines[0]).to.include({ ...fields, function: 'goals', level: 'error', message: 'step failed' });
    for (const field of Object.keys(fields)) expect(text).to.match(new RegExp(`\\b${field}\\b`));
  });

  it('ask for messages that Lambdas write', () => {
    const sources = globSync('lambdas/*/src/**/*.ts', { cwd: ROOT }).map(read).join('\n');
    const messages = [...text.matchAll(/message = "([^"]+)"/g)].map(([, message]) => message);
    expect(messages).not.to.be.empty;
    for (const message of messages) expect(sources).to.include(`('${message}', `);
  });
});
