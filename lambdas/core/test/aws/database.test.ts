import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import sinon from 'sinon';
import { failureOf } from '../../../../test/support/failure.ts';
import { cancellationCodes, createDatabase, openDatabase, transact, updateIf } from '../../src/aws/database.ts';
import { underDeadline } from '../../src/aws/deadline.ts';
import { refused, useAwsServer } from '../support/aws-server.ts';
import { cancelled, named } from '../support/failing.ts';
import { useWaits } from '../support/waits.ts';

describe('a write that meets another one', () => {
  /** What the service says to the next writes; after that it carries them out. */
  let answers: object[] = [];
  let count = 0;
  const answer = () => {
    count += 1;
    return answers.shift() ?? {};
  };
  const aws = useAwsServer({ PutItem: answer, TransactWriteItems: answer });
  const recordWaits = useWaits();

  const conflict = refused(400, 'com.amazonaws.dynamodb.v20120810#TransactionConflictException');
  const cancelledFor = (...codes: string[]) =>
    refused(400, 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', {
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const Put = { TableName: 'goals', Item: { goalId: 'g', sk: 'GOAL', usage: { nothing: undefined } } };
  const send = (command: PutCommand | TransactWriteCommand, answered: object[]) => {
    [answers, count] = [answered, 0];
    const { client } = createDatabase({}, { endpoint: aws().url, region: 'x', credentials });
    return Reflect.apply(client.send, client, [command]);
  };
  const put = (answered: object[]) => send(new PutCommand(Put), answered);
  const transact = (answered: object[]) =>
    send(new TransactWriteCommand({ TransactItems: [{ Put }, { Put }] }), answered);
  const lastInputs = (last: number) =>
    aws()
      .calls.slice(-last)
      .map(({ input }) => input);

  it('is sent again, unchanged and without what is undefined, until it goes through', async () => {
    await put([conflict, conflict]);
    const [first, ...others] = lastInputs(count);
    expect(first).to.deep.include({
      TableName: 'goals',
      Item: { goalId: { S: 'g' }, sk: { S: 'GOAL' }, usage: { M: {} } },
    });
    expect(others).to.deep.equal([first, first]);
  });

  it('keeps its token as a transaction, so that one that was carried out is not so again, and takes another the next time', async () => {
    await transact([cancelledFor('None', 'TransactionConflict'), refused(500, 'InternalServerError'), conflict]);
    expect(count).to.equal(4);
    await transact([]);
    const [first, ...others] = lastInputs(5).map((input) => String(input.ClientRequestToken));
    expect(first).to.have.length(36);
    expect(others.map((token) => token === first)).to.deep.equal([true, true, true, false]);
  });

  it('is sent again when its transaction was cancelled for what others did, or how busy the table was', async () => {
    for (const code of ['None', 'ThrottlingError', 'ProvisionedThroughputExceeded', 'InternalServerError']) {
      await transact([cancelledFor('TransactionConflict', code)]);
      expect(count, code).to.equal(2);
    }
  });

  it('is not sent again when its transaction was refused for what it is, whatever else was', async () => {
    for (const code of [
      'ConditionalCheckFailed',
      'ItemCollectionSizeLimitExceeded',
      'ValidationError',
      'DuplicateItem',
      'AccessDenied',
    ]) {
      const failure = await failureOf(transact([cancelledFor('TransactionConflict', code)]));
      expect(cancellationCodes(failure)).to.deep.equal(['TransactionConflict', code]);
      expect(count, code).to.equal(1);
    }
    const refusal = refused(400, 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException');
    expect((await failureOf(put([refusal]))).name).to.equal('ConditionalCheckFailedException');
    expect(count).to.equal(1);
  });

  it('is given up after 6 attempts, with waits that double and differ, below 2 s in all', async () => {
    for (const random of [0, 0.25, 1]) {
      const waits = recordWaits();
      sinon.stub(Math, 'random').returns(random);
      const failure = await failureOf(put(Array.from({ length: 9 }, () => conflict)));
      expect(failure.name).to.equal('TransactionConflictException');
      expect(count).to.equal(6);
      // 930 ms in all at most.
      expect(waits).to.deep.equal([20, 40, 80, 160, 320].map((ms) => ms * (0.5 + random)));
      sinon.restore();
    }
  });

  it('is not waited for longer than its invocation lasts', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    // The invocation ends within a wait that is longer than this test may take.
    const waits = recordWaits(600_000, () => clock.tick(540));
    const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 600 };
    const failure = await failureOf(underDeadline(context, () => put([conflict])));
    expect([failure.name, waits.length]).to.deep.equal(['AbortError', 1]);
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
  afterEach(() => sinon.restore());

  it('have the names of its environment, and fail with the variable of one that it was not given', () => {
    const { TASKS_TABLE: _tasks, ...others } = process.env;
    const given = { ...others, GOALS_TABLE: 'g', EXECUTIONS_TABLE: 'e' };
    const environment = sinon.stub(process, 'env').value({ ...given, TASKS_TABLE: 't' });
    expect(openDatabase('goals', 'tasks', 'executions')).to.include({ goals: 'g', tasks: 't', executions: 'e' });
    const none = openDatabase();
    expect(() => none.goals).to.throw('GOALS_TABLE');
    expect(() => none.tasks).to.throw('TASKS_TABLE');
    expect(() => none.executions).to.throw('EXECUTIONS_TABLE');
    environment.value(given);
    expect(() => openDatabase('goals', 'tasks')).to.throw('TASKS_TABLE');
    expect(openDatabase('goals')).to.include({ goals: 'g' });
  });
});
