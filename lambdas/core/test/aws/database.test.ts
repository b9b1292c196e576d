import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../../test/support/failure.ts';
import {
  cancellationCodes,
  collided,
  createDatabase,
  openDatabase,
  transact,
  updateIf,
} from '../../src/aws/database.ts';
import { underDeadline } from '../../src/aws/deadline.ts';
import { Refused, useAwsServer } from '../support/aws-server.ts';
import { cancelled } from '../support/failing.ts';

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
});

describe('a write that meets another one', () => {
  /** What the service says to the next writes; after that it carries them out. */
  let answers: object[] = [];
  let times: number[] = [];
  const answer = () => {
    times.push(performance.now());
    return answers.shift() ?? {};
  };
  const aws = useAwsServer({ PutItem: answer, TransactWriteItems: answer });
  afterEach(() => sinon.restore());

  const conflict = new Refused(400, 'com.amazonaws.dynamodb.v20120810#TransactionConflictException');
  const cancelledFor = (...codes: string[]) =>
    new Refused(400, 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', {
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = () => createDatabase({}, { endpoint: aws().url, region: 'x', credentials }).client;
  const put = (answered: object[]) => {
    [answers, times] = [answered, []];
    return client().send(new PutCommand({ TableName: 'goals', Item: { goalId: 'g', sk: 'GOAL' } }));
  };
  const transact = (answered: object[]) => {
    [answers, times] = [answered, []];
    const Put = { TableName: 'goals', Item: { goalId: 'g', sk: 'GOAL' } };
    return client().send(new TransactWriteCommand({ TransactItems: [{ Put }, { Put }] }));
  };

  it('is sent again, unchanged, until it goes through', async () => {
    await put([conflict, conflict]);
    expect(times).to.have.length(3);
    const inputs = aws()
      .calls.slice(-3)
      .map(({ input }) => input);
    expect(inputs[0]).to.deep.include({ TableName: 'goals', Item: { goalId: { S: 'g' }, sk: { S: 'GOAL' } } });
    expect(inputs[1]).to.deep.equal(inputs[0]);
    expect(inputs[2]).to.deep.equal(inputs[0]);
  });

  it('keeps its token as a transaction, so that one that was carried out is not so again, and takes another the next time', async () => {
    await transact([cancelledFor('None', 'TransactionConflict'), new Refused(500, 'InternalServerError'), conflict]);
    expect(times).to.have.length(4);
    await transact([]);
    const tokens = aws()
      .calls.slice(-5)
      .map(({ input }) => String(Object(input).ClientRequestToken));
    expect(tokens[0]).to.have.length(36);
    expect(tokens.slice(0, 4)).to.deep.equal(Array(4).fill(tokens[0]));
    expect(tokens[4]).not.to.equal(tokens[0]);
  });

  for (const codes of [
    ['None', 'TransactionConflict'],
    ['ThrottlingError', 'None'],
    ['ProvisionedThroughputExceeded', 'TransactionConflict'],
    ['InternalServerError', 'None'],
  ]) {
    it(`is sent again when its transaction was cancelled for ${codes}`, async () => {
      await transact([cancelledFor(...codes)]);
      expect(times).to.have.length(2);
    });
  }

  for (const code of [
    'ConditionalCheckFailed',
    'ItemCollectionSizeLimitExceeded',
    'ValidationError',
    'DuplicateItem',
    'AccessDenied',
  ]) {
    it(`is not sent again when its transaction was refused for ${code}, whatever else was`, async () => {
      const failure = await failureOf(transact([cancelledFor('TransactionConflict', code)]));
      expect(cancellationCodes(failure)).to.deep.equal(['TransactionConflict', code]);
      expect(times).to.have.length(1);
    });
  }

  it('is not sent again when its own condition does not hold', async () => {
    const refusal = new Refused(400, 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException');
    expect((await failureOf(put([refusal]))).name).to.equal('ConditionalCheckFailedException');
    expect(times).to.have.length(1);
  });

  it('is given up after 6 attempts, with waits that double and differ, below 2 s in all', async () => {
    sinon.stub(Math, 'random').returns(0.25);
    const failure = await failureOf(put(Array.from({ length: 9 }, () => conflict)));
    expect(failure.name).to.equal('TransactionConflictException');
    expect(times).to.have.length(6);
    // A busy machine makes a wait longer, never shorter.
    for (const [index, wait] of [15, 30, 60, 120, 240].entries())
      expect((times[index + 1] ?? 0) - (times[index] ?? 0)).to.be.at.least(wait - 2);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).to.be.below(2_000);
  });

  it('is not waited for longer than its invocation lasts', async () => {
    sinon.stub(Math, 'random').returns(0.999);
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 600 };
    const started = performance.now();
    // The last wait is from 450 to 930 ms.
    const failure = await failureOf(underDeadline(context, () => put(Array.from({ length: 9 }, () => conflict))));
    expect(failure.name).to.equal('AbortError');
    expect(performance.now() - started).to.be.within(530, 925);
  });

  it('is known by its error', () => {
    expect(collided(named('TransactionConflictException'))).to.equal(true);
    expect(collided(cancelled())).to.equal(true);
    for (const thrown of [named('Error'), { name: 'TransactionConflictException' }, undefined])
      expect(collided(thrown)).to.equal(false);
  });
});

describe('a conditional write', () => {
  const answering = (thrown?: unknown) => {
    const client = { send: async () => (thrown === undefined ? {} : Promise.reject(thrown)) };
    return { goals: 'g', tasks: 't', executions: 'e', client };
  };
  const fault = named('InternalServerError');

  it('tells a condition that did not hold from a fault', async () => {
    const update = { TableName: 'g', Key: {} };
    expect(await updateIf(answering(), update)).to.equal(true);
    expect(await updateIf(answering(named('ConditionalCheckFailedException')), update)).to.equal(false);
    for (const thrown of [fault, cancelled('ConditionalCheckFailed')])
      expect(await failureOf(updateIf(answering(thrown), update))).to.equal(thrown);
  });

  it('in a transaction tells which of the items that decide refused first', async () => {
    const send = (thrown?: unknown, deciding?: number) => transact(answering(thrown), [{}, {}, {}], deciding);
    expect(await send()).to.equal(undefined);
    const refused = cancelled('None', 'TransactionConflict', 'ConditionalCheckFailed');
    expect(await send(refused)).to.equal(2);
    expect(await send(cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed'), 1)).to.equal(0);
    expect(await failureOf(send(refused, 2))).to.equal(refused);
    for (const thrown of [fault, cancelled('None', 'TransactionConflict'), named('ConditionalCheckFailedException')])
      expect(await failureOf(send(thrown))).to.equal(thrown);
  });
});

describe('the tables of a Lambda', () => {
  const before_ = { ...process.env };
  afterEach(() => {
    for (const name of ['GOALS_TABLE', 'TASKS_TABLE', 'EXECUTIONS_TABLE']) {
      if (before_[name] === undefined) delete process.env[name];
      else process.env[name] = before_[name];
    }
  });

  it('have the names of its environment, and fail with the variable of one that it was not given', () => {
    Object.assign(process.env, { GOALS_TABLE: 'g', TASKS_TABLE: 't', EXECUTIONS_TABLE: 'e' });
    expect(openDatabase('goals', 'tasks', 'executions')).to.include({ goals: 'g', tasks: 't', executions: 'e' });
    const { client: _client, ...none } = Object.getOwnPropertyDescriptors(openDatabase());
    expect(none.goals.get).to.throw('GOALS_TABLE');
    expect(none.tasks.get).to.throw('TASKS_TABLE');
    expect(none.executions.get).to.throw('EXECUTIONS_TABLE');
    delete process.env.TASKS_TABLE;
    expect(() => openDatabase('goals', 'tasks')).to.throw('TASKS_TABLE');
    expect(openDatabase('goals')).to.include({ goals: 'g' });
  });
});
