import { expect } from 'chai';
import { at, dev, resourcesOf } from '../synthesized.ts';

/** Key, indexes and expiry of each table. */
const TABLES = {
  goals: { key: ['goalId', 'sk'], indexes: { byUser: ['userId', 'createdAt'] }, ttl: undefined },
  tasks: { key: ['goalId', 'sk'], indexes: {}, ttl: undefined },
  'workflow-executions': {
    key: ['executionArn', 'sk'],
    indexes: {
      byGoal: ['goalId', 'startedAt'],
      byUser: ['userId', 'startedAt'],
      byRunning: ['runningShard', 'startedAt'],
    },
    ttl: { enabled: true, attribute_name: 'expiresAt' },
  },
};

describe('tables', () => {
  for (const [name, { key, indexes, ttl }] of Object.entries(TABLES)) {
    it(`keys and indexes ${name} as docs/design.md says, and declares its key attributes alone, as strings`, () => {
      const table = at(dev, `aws_dynamodb_table.tables_${name.replace('-', '_')}`);
      expect(table).to.include({ name: `goal-activity-dev-${name}`, hash_key: key[0], range_key: key[1] });
      expect(table.billing_mode).to.equal('PAY_PER_REQUEST');
      expect(table.ttl).to.deep.equal(ttl);
      expect(table.global_secondary_index ?? []).to.deep.equal(
        Object.entries(indexes).map(([index, [hash_key, range_key]]) => ({
          name: index,
          hash_key,
          range_key,
          projection_type: 'ALL',
        })),
      );
      const attributes = new Set([key, ...Object.values(indexes)].flat());
      expect(table.attribute).to.have.deep.members([...attributes].map((of) => ({ name: of, type: 'S' })));
    });
  }

  it('stream no changes: nobody reads them, and the local engine becomes slower with each', () => {
    const tables = Object.values(resourcesOf(dev, 'aws_dynamodb_table'));
    expect(tables).to.have.length(Object.keys(TABLES).length);
    for (const table of tables) expect(table).not.to.have.any.keys('stream_enabled', 'stream_view_type');
  });

  it('may be deleted in dev', () => {
    const { deletion_protection_enabled: isProtected, lifecycle } = at(dev, 'aws_dynamodb_table.tables_goals');
    expect({ isProtected, lifecycle }).to.deep.equal({ isProtected: false, lifecycle: { prevent_destroy: false } });
  });
});
