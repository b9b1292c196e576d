import { expect } from 'chai';
import { dev, prod, resourceOf, resourcesOf } from '../synthesized.ts';

const table = (name: string, synthesized = dev) => resourceOf(synthesized, 'aws_dynamodb_table', `tables_${name}`);

describe('tables', () => {
  const keys = [
    ['goals', 'goals', 'goalId', ['goalId', 'sk', 'userId', 'createdAt']],
    ['tasks', 'tasks', 'goalId', ['goalId', 'sk']],
    [
      'workflow_executions',
      'workflow-executions',
      'executionArn',
      ['executionArn', 'sk', 'goalId', 'userId', 'startedAt', 'runningShard'],
    ],
  ] as const;
  for (const [name, tableName, hashKey, attributes] of keys) {
    it(`keys ${tableName} by ${hashKey} and sk, and declares its key attributes alone, as strings`, () => {
      const { name: actual, hash_key, range_key, attribute } = table(name);
      expect([actual, hash_key, range_key]).to.deep.equal([`goal-activity-dev-${tableName}`, hashKey, 'sk']);
      expect(attribute).to.have.deep.members(attributes.map((of) => ({ name: of, type: 'S' })));
    });
  }

  it('finds goals by user and creation', () => {
    expect(table('goals').global_secondary_index).to.deep.equal([
      { name: 'byUser', hash_key: 'userId', range_key: 'createdAt', projection_type: 'ALL' },
    ]);
  });

  it('finds executions by goal, by user and, to sweep, those that run, each by start', () => {
    expect(table('workflow_executions').global_secondary_index).to.have.deep.members([
      { name: 'byGoal', hash_key: 'goalId', range_key: 'startedAt', projection_type: 'ALL' },
      { name: 'byUser', hash_key: 'userId', range_key: 'startedAt', projection_type: 'ALL' },
      { name: 'byRunning', hash_key: 'runningShard', range_key: 'startedAt', projection_type: 'ALL' },
    ]);
  });

  it('expires executions by expiresAt, and nothing else', () => {
    expect(table('workflow_executions').ttl).to.deep.equal({ enabled: true, attribute_name: 'expiresAt' });
    expect(table('goals')).to.not.have.property('ttl');
    expect(table('tasks')).to.not.have.property('ttl');
  });

  it('streams no changes: nobody reads them, and the local engine becomes slower with each', () => {
    for (const name of ['goals', 'tasks', 'workflow_executions']) {
      expect(table(name)).not.to.have.any.keys('stream_enabled', 'stream_view_type');
    }
    expect(dev.resource).not.to.have.property('aws_lambda_event_source_mapping');
  });

  for (const name of Object.keys(resourcesOf(dev, 'aws_dynamodb_table'))) {
    it(`bills ${name} on demand, encrypts it with KMS and backs it up continuously`, () => {
      const { billing_mode, server_side_encryption, point_in_time_recovery } = resourceOf(
        dev,
        'aws_dynamodb_table',
        name,
      );
      expect(billing_mode).to.equal('PAY_PER_REQUEST');
      expect(server_side_encryption).to.deep.equal({ enabled: true });
      expect(point_in_time_recovery).to.deep.equal({ enabled: true });
    });

    it(`protects ${name} from deletion in prod, not in dev`, () => {
      const protection = (synthesized: typeof dev) => {
        const { deletion_protection_enabled, lifecycle } = resourceOf(synthesized, 'aws_dynamodb_table', name);
        return { deletion_protection_enabled, lifecycle };
      };
      expect(protection(prod)).to.deep.equal({
        deletion_protection_enabled: true,
        lifecycle: { prevent_destroy: true },
      });
      expect(protection(dev)).to.deep.equal({
        deletion_protection_enabled: false,
        lifecycle: { prevent_destroy: false },
      });
    });
  }
});
