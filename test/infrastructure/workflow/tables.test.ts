import { expect } from 'chai';
import { dev, resourcesOf } from '../synthesized.ts';

// Keys and indexes are those that the Lambdas' own tests use: test/support/stack/database.ts makes the tables of this JSON.
describe('tables', () => {
  it('forget executions at their expiresAt, and nothing else', () => {
    const kept = Object.entries(resourcesOf(dev, 'aws_dynamodb_table')).map(([name, { ttl }]) => [name, ttl]);
    expect(kept).to.have.deep.members([
      ['tables_goals', undefined],
      ['tables_tasks', undefined],
      ['tables_workflow_executions', { enabled: true, attribute_name: 'expiresAt' }],
    ]);
  });
});
