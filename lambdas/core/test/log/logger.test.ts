import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import sinon from 'sinon';
import { createLog, createMemoryLog, errorFields, type LogFields, withFields } from '../../src/log/logger.ts';

describe('the log', () => {
  it('writes one JSON line with time, level, function, message and every field that is allowed', () => {
    const { log, lines } = createMemoryLog('save-tasks');
    const ids = { executionArn: 'arn', goalId: 'g', actionId: 'a', userId: 'u', awsRequestId: 'r', modelId: 'm' };
    const request = { requestId: 'q', routeKey: 'GET /', httpStatus: 200, code: 'c' };
    const ends = { status: 'RUNNING', outcome: 'SAVED', goalStatus: 'active', position: 0, attempt: 1 };
    const states = { ...ends, state: 's', durationMs: 2, reason: 'why', advice: 'do' };
    const counts = {
      taskCount: 3,
      totalActions: 4,
      savedActions: 6,
      failedActions: 7,
      inputTokens: 8,
      outputTokens: 9,
      actionMs: 10,
      usualActionMs: 11,
    };
    const error = { errorName: 'E', errorMessage: 'no', stack: 'at', invalidPaths: ['/a'] };
    const fields = { ...ids, ...request, ...states, ...counts, ...error } satisfies Required<LogFields>;
    log.info('step ended', fields);
    expect(lines).to.have.length(1);
    const { timestamp, ...rest } = lines[0] ?? {};
    expect(timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(rest).to.deep.equal({ level: 'info', function: 'save-tasks', message: 'step ended', ...fields });
  });

  it('never lets through a secret, an e-mail address or a prompt, whatever the caller passes', () => {
    const { log, lines } = createMemoryLog();
    const secrets = {
      token: 'secret-token',
      email: 'who@example.com',
      prompt: 'Goal: "private"',
      event: { body: 'x' },
    };
    log.error('step failed', { goalId: 'g', ...secrets } as LogFields);
    const { timestamp: _timestamp, ...line } = lines[0] ?? {};
    expect(line).to.deep.equal({ level: 'error', function: 'test', message: 'step failed', goalId: 'g' });
  });

  it('says on every line of an invocation what that is about, as far as it is known by then, but not on others', async () => {
    const { log, lines } = createMemoryLog();
    const fields: LogFields = { goalId: 'g', executionArn: 'old' };
    await withFields(fields, async () => {
      fields.requestId = 'q';
      await Promise.resolve();
      log.info('execution claimed', { executionArn: 'new' });
    });
    log.info('outside');
    const [claimed, { timestamp: _timestamp, ...outside } = {}] = lines;
    expect(claimed).to.include({ goalId: 'g', requestId: 'q', executionArn: 'new' });
    expect(outside).to.deep.equal({ level: 'info', function: 'test', message: 'outside' });
  });

  it('logs an error with name, message and stack, and where it came from when it got its class later', () => {
    const { log, lines } = createMemoryLog();
    const origin = new RangeError('too far');
    log.error('step failed', errorFields(origin));
    expect(lines[0]).to.include({ errorName: 'RangeError', errorMessage: 'too far' });
    expect(lines[0]?.stack).to.contain('logger.test.ts');
    log.error('step failed', errorFields(new Error('RangeError: too far', { cause: origin })));
    expect(lines[1]?.stack).to.contain(`Caused by: ${origin.stack}`);
  });

  it('logs what was thrown that is no error, or has no stack', () => {
    expect(errorFields('x'.repeat(301))).to.deep.equal({ errorName: 'Error', errorMessage: 'x'.repeat(300) });
    const stackless = new RangeError('m'.repeat(301));
    Reflect.deleteProperty(stackless, 'stack');
    expect(errorFields(stackless)).to.deep.equal({ errorName: 'RangeError', errorMessage: 'm'.repeat(300) });
  });

  it('follows causes four deep, and cuts a stack that would fill the log', () => {
    const caused = (cause: unknown, depth: number) => new Error(`level ${depth}`, { cause });
    const { stack } = errorFields([1, 2, 3, 4, 5].reduce<unknown>(caused, undefined));
    expect(stack).to.contain('level 5').and.contain('level 2').and.not.contain('level 1');
    const long = (cause?: Error) => Object.assign(new Error('long', { cause }), { stack: 'x'.repeat(9_000) });
    const deep = errorFields(long(new Error('origin')));
    expect(deep.stack).to.contain(`${'x'.repeat(1500)}\nCaused by: Error: origin`);
    expect(errorFields(long()).stack).to.equal('x'.repeat(4_000));
  });

  it('leaves out lines below its level, which is that of LOG_LEVEL, or info', () => {
    const { LOG_LEVEL: _level, ...others } = process.env;
    const environment = sinon.stub(process, 'env').value(others);
    const levels = ['debug', 'info', 'warn', 'error'] as const;
    const written = (level?: string) => {
      const stream = new PassThrough();
      const log = createLog('test', stream, level);
      for (const at of levels) log[at](at);
      const lines = String(stream.read()).trim().split('\n');
      return lines.map((line) => JSON.parse(line).level);
    };
    try {
      expect(written()).to.deep.equal(levels.slice(1));
      environment.value({ ...others, LOG_LEVEL: 'error' });
      expect(written()).to.deep.equal(['error']);
      expect(written('debug')).to.deep.equal(levels);
    } finally {
      environment.restore();
    }
  });

  it('writes no control character, line separator or direction override as it is, and loses none', () => {
    const stream = new PassThrough();
    const codes = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, index) => 0x7f + index)];
    const text = `${String.fromCharCode(...codes)}\u2028\u2029\u202e\u2066`;
    createLog('test', stream).error(text, { userId: text, stack: text });
    const chunk = String(stream.read());
    expect(chunk.slice(0, -1)).to.not.match(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
    expect(chunk.at(-1)).to.equal('\n');
    expect(JSON.parse(chunk)).to.include({ message: text, userId: text, stack: text });
  });
});
