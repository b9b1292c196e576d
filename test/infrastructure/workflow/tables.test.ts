import { expect } from 'chai';
import { dev, type Resource, resourcesOf } from '../synthesized.ts';

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

  it('name the keys of their indexes as the provider wants them: by a schema, and not by what it deprecates', () => {
    const byTable = Object.values(resourcesOf(dev, 'aws_dynamodb_table')).map((table) => table.global_secondary_index);
    const indexes = byTable.flatMap((of): readonly Resource[] => (of === undefined ? [] : Object(of)));
    expect(indexes.map(({ name }) => name)).to.have.members(['byUser', 'byGoal', 'byUser', 'byRunning']);
    for (const { name, key_schema: schema, ...others } of indexes) {
      expect(others, String(name)).to.deep.equal({ projection_type: 'ALL' });
      const types = [schema ?? []].flat().map((key) => Object(key).key_type);
      expect(types, String(name)).to.deep.equal(['HASH', 'RANGE']);
    }
  });
});
