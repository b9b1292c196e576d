import { expect } from 'chai';
import sinon from 'sinon';
import { classify, invalidPlaces, parse, taskBoundary, type Validator } from '../../src/aws/boundary.ts';
import { BatchTimeout, goalNotFound, PermanentError, TransientError, ValidationError } from '../../src/errors.ts';
import { createMemoryLog } from '../../src/log/logger.ts';
import { outcomeRow } from '../../src/validators.generated.js';
import { named } from '../support/failing.ts';

const anything: Validator<unknown> = (_data): _data is unknown => true;

describe('classify', () => {
  const answered = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });
  const transient = [
    named('TransactionCanceledException', { CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }] }),
    named('TransactionCanceledException', {
      ...answered(400),
      CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'ProvisionedThroughputExceeded' }, {}],
    }),
    named('WhateverException', { ...answered(400), $retryable: {} }),
    named('TransactionCanceledException'),
    ...['ECONNRESET', 'ENOTFOUND', 'HPE_INVALID_CONSTANT'].map((code) => named('Error', { code })),
    ...[500, 501, 503, 599, 408, 424, 425, 429].map((status) => named('WhateverException', answered(status))),
    Object.assign(new SyntaxError('the answer is no JSON'), answered(200)),
    Object.assign(new TypeError('the answer is no answer'), answered(399)),
    ...[
      'AbortError',
      'TimeoutError',
      'ThrottlingException',
      'ThrottledException',
      'ProvisionedThroughputExceededException',
      'RequestLimitExceeded',
      'LimitExceededException',
      'ExecutionLimitExceeded',
      'KMSThrottlingException',
      'TransactionConflictException',
      'TransactionInProgressException',
      'ReplicatedWriteConflictException',
      'RequestTimeoutException',
    ].map((name) => named(name, answered(400))),
  ];
  const permanent = [
    named('AccessDeniedException', answered(400)),
    named('WhateverException', answered(499)),
    named('TransactionCanceledException', {
      ...answered(400),
      CancellationReasons: [{ Code: 'ConditionalCheckFailed' }, { Code: 'TransactionConflict' }],
    }),
    named('ConditionalCheckFailedException', {
      ...answered(400),
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    }),
    named('Error', { code: 7 }),
    named('Error', { $metadata: { httpStatusCode: '500' } }),
    Object.assign(new TypeError('a bug'), { code: 'ERR_INVALID_ARG_TYPE' }),
    Object.assign(new RangeError('a bug'), { code: 'ERR_OUT_OF_RANGE' }),
    { name: 'TransientError', message: 'only looks like one of ours' },
    new TypeError('a bug'),
    'not even an error',
  ];
  for (const [Class, errors] of [
    [TransientError, transient],
    [PermanentError, permanent],
  ] as const) {
    it(`makes what ${Class === TransientError ? 'may pass transient' : 'will not pass, and what is unknown, permanent'}`, () => {
      for (const error of errors) expect(classify(error), `${error} ${JSON.stringify(error)}`).to.be.instanceOf(Class);
    });
  }

  it('leaves errors of our own as they are and keeps the origin of others', () => {
    const ours = [BatchTimeout, ValidationError, TransientError, PermanentError].map((Own) => new Own('words'));
    for (const own of [...ours, goalNotFound()]) expect(classify(own)).to.equal(own);
    const bug = new TypeError('a bug');
    expect(classify(bug)).to.include({ cause: bug, message: 'TypeError: a bug' });
    expect(classify('text')).to.include({ cause: 'text', message: 'Error: text' });
  });
});

describe('what is said of invalid data', () => {
  const refusing = (errors: NonNullable<Validator<unknown>['errors']> | null): Validator<unknown> =>
    Object.assign((_data: unknown): _data is unknown => false, { errors });

  it('is each place with its message', () => {
    const extra = { keyword: 'additionalProperties', params: { additionalProperty: 'private' } };
    const errors = [
      { instancePath: '/a', message: 'must be there' },
      { instancePath: '/b', message: 'is too much', ...extra },
    ];
    expect(invalidPlaces(refusing(errors))).to.deep.equal([
      { path: '/a', message: 'must be there' },
      { path: '/b', message: 'is too much' },
    ]);
    for (const none of [refusing(null), anything]) expect(invalidPlaces(none)).to.deep.equal([]);
  });

  it('is at most five places, the whole called /', () => {
    const six = ['', '/1', '/2', '/3', '/4', '/5'].map((instancePath) => ({ instancePath, message: 'is wrong' }));
    expect(() => parse(refusing(six), {}, 'The thing')).to.throw(
      /^The thing is invalid: \/ is wrong; \/1 is wrong; \/2 is wrong; \/3 is wrong; \/4 is wrong$/,
    );
  });
});

describe('taskBoundary', () => {
  /** Calls a step, and gives what came of it, with its log. */
  async function call(
    event: unknown,
    changes: Partial<Omit<Parameters<typeof taskBoundary>[0], 'log'>> = {},
    context?: { awsRequestId: string },
  ) {
    const { log, lines } = createMemoryLog();
    const step = taskBoundary<unknown, unknown>({
      log,
      input: anything,
      output: anything,
      run: async () => 1,
      ...changes,
    });
    const failure = await step(event, context).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    return { failure, lines, text: JSON.stringify(lines) };
  }

  it('refuses an invalid input as ValidationError, naming the place and not the value, and such an output of our own as PermanentError', async () => {
    const row = { executionArn: 'secret', actionId: 'a', position: 1, title: 't', outcome: 'SAVED', taskCount: 1 };
    const { failure } = await call(row, { input: outcomeRow });
    expect(failure).to.include({ name: 'ValidationError' });
    expect(failure?.message).to.contain('/executionArn').and.not.to.contain('secret');
    for (const none of [undefined, null, 'text']) {
      const refused = await call(none, { input: outcomeRow });
      expect(refused.failure, String(none)).to.include({ name: 'ValidationError' });
      expect(refused.lines[0]).not.to.have.any.keys('executionArn', 'goalId', 'actionId', 'awsRequestId');
    }
    expect((await call({}, { output: outcomeRow })).failure).to.include({ name: 'PermanentError' });
  });

  it('logs which action it was about, the attempt counted from 1, and what became of the action', async () => {
    const action = { actionId: 'a', position: 7 };
    const run = async () => ({ outcome: 'FAILED' });
    const [started, ended] = (await call({ ...action, retryCount: 2 }, { run })).lines;
    expect(started)
      .to.include({ ...action, attempt: 3 })
      .and.not.have.property('outcome');
    expect(ended).to.include({ ...action, attempt: 3, outcome: 'FAILED' });
    const ofFailure = await call({ failure: action, retryCount: '2' }, { run: async () => ({ outcome: 1 }) });
    expect(ofFailure.lines[1]).to.include(action).and.not.have.any.keys('attempt', 'outcome');
  });

  it('logs start and end with the ids of the event, and how long it took', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    clock.tick(500);
    try {
      const given = { executionArn: 'arn', goalId: 'g', actionId: 'a' };
      const run = async () => clock.tick(1234);
      const { lines, text } = await call({ ...given, title: 'private' }, { run }, { awsRequestId: 'r' });
      const logged = lines.map(({ message, durationMs }) => [message, durationMs]);
      expect(logged).to.deep.equal([
        ['step started', undefined],
        ['step ended', 1234],
      ]);
      for (const line of lines) expect(line).to.include({ ...given, awsRequestId: 'r' });
      expect(text).not.to.contain('private');
    } finally {
      clock.restore();
    }
  });

  it('logs the ids of a status event, which are in its detail, as far as they are texts, and no more of one than any of ours is long', async () => {
    const detail = { executionArn: 'x'.repeat(300), goalId: 7, actionId: { private: 1 }, input: 'private' };
    const { lines, text } = await call({ source: 'aws.states', detail });
    expect(lines.map(({ executionArn }) => executionArn)).to.deep.equal(Array(2).fill('x'.repeat(256)));
    for (const line of lines) expect(line).not.to.have.any.keys('goalId', 'actionId');
    expect(text).not.to.contain('private');
  });

  it('logs a failure with its stack and throws it classified', async () => {
    const { failure, lines } = await call({}, { run: () => Promise.reject(new TypeError('a bug')) });
    expect(failure).to.include({ name: 'PermanentError' });
    expect(lines[1]).to.include({ level: 'error', message: 'step failed', errorName: 'PermanentError' });
    expect(lines[1]?.stack).to.be.a('string');
  });
});
