import { expect } from 'chai';
import { cancellationCodes, conditionFailed, createDatabase } from '../src/database.ts';
import { cancelled } from './failing.ts';

const named = (name: string) => Object.assign(new Error('no'), { name });

describe('the errors of the database', () => {
  it('say of each item of a refused transaction why, and None where it was fine', () => {
    expect(cancellationCodes(cancelled('None', 'ConditionalCheckFailed', undefined))).to.deep.equal([
      'None',
      'ConditionalCheckFailed',
      'None',
    ]);
    expect(cancellationCodes(named('TransactionCanceledException'))).to.deep.equal([]);
  });

  it('have no codes when no transaction was refused', () => {
    for (const thrown of [named('InternalServerError'), { name: 'TransactionCanceledException' }, undefined]) {
      expect(cancellationCodes(thrown)).to.equal(undefined);
    }
  });

  it('tell a condition that did not hold from all else', () => {
    expect(conditionFailed(named('ConditionalCheckFailedException'))).to.equal(true);
    for (const thrown of [named('InternalServerError'), { name: 'ConditionalCheckFailedException' }, undefined]) {
      expect(conditionFailed(thrown)).to.equal(false);
    }
  });
});

describe('createDatabase', () => {
  it('has an empty name for a table that the Lambda may not use, which DynamoDB refuses', () => {
    const { goals, tasks, executions } = createDatabase({ goals: 'g' }, { region: 'x' });
    expect({ goals, tasks, executions }).to.deep.equal({ goals: 'g', tasks: '', executions: '' });
    expect(createDatabase({ tasks: 't', executions: 'e' }, { region: 'x' })).to.include({
      goals: '',
      tasks: 't',
      executions: 'e',
    });
  });
});
