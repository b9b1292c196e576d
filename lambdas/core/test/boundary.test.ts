import { expect } from 'chai';
import { failureOf } from '../../../test/support/failure.ts';
import { classify, taskBoundary, type Validator } from '../src/boundary.ts';
import { BatchTimeout, PermanentError, TransientError } from '../src/errors.ts';
import { createMemoryLog } from '../src/logger.ts';
import { outcomeRow } from '../src/validators.generated.js';

const named = (name: string, extra: object = {}) => Object.assign(new Error('no'), { name, ...extra });
const anything: Validator<unknown> = (_data): _data is unknown => true;

describe('classify', () => {
  const transient = [
    named('ThrottlingException'),
    named('ProvisionedThroughputExceededException'),
    named('TransactionCanceledException', { CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }] }),
    named('WhateverException', { $fault: 'server' }),
    named('Error', { code: 'ECONNRESET' }),
    named('TimeoutError'),
  ];
  for (const error of transient) {
    it(`takes ${error.name} ${JSON.stringify(error)} for transient`, () => {
      expect(classify(error)).to.be.instanceOf(TransientError);
    });
  }

  const permanent = [
    named('AccessDeniedException', { $fault: 'client' }),
    named('TransactionCanceledException', { CancellationReasons: [{ Code: 'ConditionalCheckFailed' }] }),
    new TypeError('a bug'),
    'not even an error',
  ];
  for (const error of permanent) {
    it(`takes ${String(error)} for permanent`, () => {
      expect(classify(error)).to.be.instanceOf(PermanentError);
    });
  }

  it('leaves errors of our own as they are and keeps the origin of others', () => {
    const own = new BatchTimeout('over');
    expect(classify(own)).to.equal(own);
    const bug = new TypeError('a bug');
    expect(classify(bug).cause).to.equal(bug);
  });
});

describe('taskBoundary', () => {
  it('refuses an invalid input as ValidationError, naming the place and not the value', async () => {
    const { log } = createMemoryLog();
    const run = taskBoundary({ log, input: outcomeRow, output: anything, run: async () => ({}) });
    const error = await failureOf(
      run({ executionArn: 'secret', actionId: 'a', position: 1, title: 't', outcome: 'SAVED', taskCount: 1 }),
    );
    expect(error.name).to.equal('ValidationError');
    expect(error.message).to.contain('/executionArn').and.not.to.contain('secret');
  });

  it('refuses an invalid output of our own as PermanentError', async () => {
    const { log } = createMemoryLog();
    const run = taskBoundary<unknown, unknown>({ log, input: anything, output: outcomeRow, run: async () => ({}) });
    expect((await failureOf(run({}))).name).to.equal('PermanentError');
  });

  it('logs start and end with the ids of the event and the duration', async () => {
    const { log, lines } = createMemoryLog();
    await taskBoundary({ log, input: anything, output: anything, run: async () => 1 })(
      { executionArn: 'arn', goalId: 'g', actionId: 'a', title: 'private' },
      { awsRequestId: 'r' },
    );
    expect(lines.map(({ message }) => message)).to.deep.equal(['step started', 'step ended']);
    expect(lines[1]).to.include({ executionArn: 'arn', goalId: 'g', actionId: 'a', awsRequestId: 'r' });
    expect(lines[1]?.durationMs).to.be.a('number');
    expect(JSON.stringify(lines)).not.to.contain('private');
  });

  it('logs the execution of a status event, which is in its detail', async () => {
    const { log, lines } = createMemoryLog();
    const event = { source: 'aws.states', detail: { executionArn: 'arn', input: 'private' } };
    await taskBoundary({ log, input: anything, output: anything, run: async () => 1 })(event);
    expect(lines.map(({ executionArn }) => executionArn)).to.deep.equal(['arn', 'arn']);
    expect(JSON.stringify(lines)).not.to.contain('private');
  });

  it('logs a failure with its stack and throws it classified', async () => {
    const { log, lines } = createMemoryLog();
    const run = taskBoundary({
      log,
      input: anything,
      output: anything,
      run: async () => {
        throw new TypeError('a bug');
      },
    });
    expect((await failureOf(run({}))).name).to.equal('PermanentError');
    expect(lines[1]).to.include({ level: 'error', message: 'step failed', errorName: 'PermanentError' });
    expect(lines[1]?.stack).to.be.a('string');
  });
});
