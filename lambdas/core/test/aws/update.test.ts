import { expect } from 'chai';
import { updateOf } from '../../src/aws/update.ts';

describe('updateOf', () => {
  const row = { TableName: 't', Key: { id: 1 } };

  it('writes what it is to set, raise and remove, with a name for each attribute', () => {
    const set = { status: 'new', error: undefined, counts: 0 };
    expect(updateOf({ ...row, set, remove: ['executionArn'], raisesVersion: true })).to.deep.equal({
      ...row,
      UpdateExpression: 'SET #version = #version + :one, #status = :status, #counts = :counts REMOVE #executionArn',
      ExpressionAttributeNames: Object.fromEntries(
        ['version', 'status', 'counts', 'executionArn'].map((name) => [`#${name}`, name]),
      ),
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
    const removal = { UpdateExpression: 'REMOVE #a', ExpressionAttributeNames: { '#a': 'a' } };
    expect(updateOf({ ...row, remove: ['a'] })).to.deep.equal({ ...row, ...removal });
    expect(updateOf(row)).to.deep.equal({ ...row, UpdateExpression: '' });
  });
});
