import { expect } from 'chai';
import { updateOf } from '../../src/aws/update.ts';

describe('updateOf', () => {
  const row = { TableName: 't', Key: { id: 1 } };

  it('writes what it is to set, raise and remove, with a name for each attribute', () => {
    const change = {
      set: { status: 'new', error: undefined, counts: 0 },
      remove: ['executionArn'],
      raisesVersion: true,
    };
    expect(updateOf({ ...row, ...change })).to.deep.equal({
      ...row,
      UpdateExpression: 'SET #version = #version + :one, #status = :status, #counts = :counts REMOVE #executionArn',
      ExpressionAttributeNames: {
        '#version': 'version',
        '#status': 'status',
        '#counts': 'counts',
        '#executionArn': 'executionArn',
      },
      ExpressionAttributeValues: { ':one': 1, ':status': 'new', ':counts': 0 },
    });
  });

  it('gives the condition the values that it names, and no others: DynamoDB refuses those', () => {
    const condition = '#status = :before AND version = :version';
    const values = { before: 'old', version: 3, unused: true, be: 1 };
    expect(updateOf({ ...row, set: { status: 'new' }, condition, values })).to.deep.equal({
      ...row,
      UpdateExpression: 'SET #status = :status',
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':before': 'old', ':version': 3, ':status': 'new' },
    });
  });

  it('has no names and values where there are none', () => {
    expect(updateOf({ ...row, remove: ['a'] })).to.not.have.any.keys(
      'ConditionExpression',
      'ExpressionAttributeValues',
    );
    expect(updateOf(row)).to.deep.equal({ ...row, UpdateExpression: '' });
  });
});
