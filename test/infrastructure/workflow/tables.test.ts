import { expect } from 'chai';
import { at, dev, resourcesOf } from '../synthesized.ts';

const tables = resourcesOf(dev, 'aws_dynamodb_table');

// Keys and indexes are those that the Lambdas' own tests use: test/support/stack/database.ts makes the tables of this JSON.
describe('tables', () => {
  it('are billed by the request, declare the attributes of their keys alone, and give indexes all of a row', () => {
    expect(tables).to.have.keys('tables_goals', 'tables_tasks', 'tables_workflow_executions');
    for (const { billing_mode, attribute, hash_key, range_key, global_secondary_index = [] } of Object.values(tables)) {
      expect(billing_mode).to.equal('PAY_PER_REQUEST');
      const indexes: Record<string, string>[] = Object.values(Object(global_secondary_index));
      const keys = [{ hash_key, range_key }, ...indexes].flatMap((of) => [of.hash_key, of.range_key]);
      expect(attribute).to.have.deep.members([...new Set(keys)].map((name) => ({ name, type: 'S' })));
      for (const { projection_type } of indexes) expect(projection_type).to.equal('ALL');
    }
  });

  it('list executions with something due from the oldest on', () => {
    const { global_secondary_index: indexes } = at(dev, 'aws_dynamodb_table.tables_workflow_executions');
    const byRunning = { name: 'byRunning', hash_key: 'runningShard', range_key: 'startedAt', projection_type: 'ALL' };
    expect(indexes).to.deep.include(byRunning);
  });

  it('forget executions at their expiresAt, and nothing else', () => {
    expect(Object.entries(tables).flatMap(([name, { ttl }]) => (ttl === undefined ? [] : [[name, ttl]]))).to.deep.equal(
      [['tables_workflow_executions', { enabled: true, attribute_name: 'expiresAt' }]],
    );
  });

  it('stream no changes: nobody reads them, and the local engine becomes slower with each', () => {
    for (const table of Object.values(tables)) expect(table).not.to.have.any.keys('stream_enabled', 'stream_view_type');
  });

  it('may be deleted in dev', () => {
    const { deletion_protection_enabled: isProtected, lifecycle } = at(dev, 'aws_dynamodb_table.tables_goals');
    expect({ isProtected, lifecycle }).to.deep.equal({ isProtected: false, lifecycle: { prevent_destroy: false } });
  });
});
