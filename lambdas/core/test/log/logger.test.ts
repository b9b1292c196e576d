import { Writable } from 'node:stream';
import { expect } from 'chai';
import { createLog, createMemoryLog, errorFields, type LogFields } from '../../src/log/logger.ts';

describe('the log', () => {
  it('writes one JSON line with time, level, function, message and the allowed fields', () => {
    const { log, lines } = createMemoryLog('save-tasks');
    log.info('step ended', { executionArn: 'arn', durationMs: 12 });
    expect(lines).to.have.length(1);
    const { timestamp, ...rest } = lines[0] ?? {};
    expect(timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(rest).to.deep.equal({
      level: 'info',
      function: 'save-tasks',
      message: 'step ended',
      executionArn: 'arn',
      durationMs: 12,
    });
  });

  it('never lets through a secret, an e-mail address or a prompt, whatever the caller passes', () => {
    const { log, lines } = createMemoryLog();
    const careless = {
      goalId: 'g',
      token: 'secret-token',
      email: 'who@example.com',
      prompt: 'Goal: "private"',
      event: { body: 'x' },
    };
    log.error('step failed', careless as unknown as LogFields);
    const text = JSON.stringify(lines);
    for (const hidden of ['secret-token', 'who@example.com', 'private', 'event']) expect(text).not.to.contain(hidden);
    expect(text).to.contain('"goalId":"g"');
  });

  it('logs an error with name, message and stack', () => {
    const { log, lines } = createMemoryLog();
    log.error('step failed', errorFields(new RangeError('too far')));
    expect(lines[0]).to.include({ errorName: 'RangeError', errorMessage: 'too far' });
    expect(lines[0]?.stack).to.contain('logger.test.ts');
  });

  it('logs where an error came from that was given its class later', () => {
    const { log, lines } = createMemoryLog();
    const origin = new RangeError('too far');
    log.error('step failed', errorFields(new Error('RangeError: too far', { cause: origin })));
    expect(lines[0]?.stack).to.contain(`Caused by: ${origin.stack}`);
  });

  it('logs what was thrown that is no error, or has no stack', () => {
    expect(errorFields('x'.repeat(301))).to.deep.equal({ errorName: 'Error', errorMessage: 'x'.repeat(300) });
    const stackless = new RangeError('m'.repeat(301));
    Reflect.deleteProperty(stackless, 'stack');
    expect(errorFields(stackless)).to.deep.equal({ errorName: 'RangeError', errorMessage: 'm'.repeat(300) });
  });

  it('follows causes four deep, and cuts a stack that would fill the log', () => {
    const chain = [1, 2, 3, 4, 5].reduce<Error | undefined>(
      (cause, depth) => new Error(`level ${depth}`, { cause }),
      undefined,
    );
    const { stack } = errorFields(chain);
    expect(stack).to.contain('level 5').and.contain('level 2').and.not.contain('level 1');
    const deep = new Error('top', { cause: new Error('origin') });
    deep.stack = 'x'.repeat(9_000);
    expect(errorFields(deep).stack).to.contain(`${'x'.repeat(1500)}\nCaused by: Error: origin`);
    const long = new Error('long');
    long.stack = 'x'.repeat(9_000);
    expect(errorFields(long).stack).to.equal('x'.repeat(4_000));
  });

  it('leaves out lines below its level, which is that of LOG_LEVEL, or info', () => {
    const before = process.env.LOG_LEVEL;
    const written = (level?: string) => {
      const chunks: string[] = [];
      const stream = new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(chunk.toString());
          done();
        },
      });
      const log = createLog('test', stream, level);
      for (const at of ['debug', 'info', 'warn', 'error'] as const) log[at](at);
      return chunks.map((line) => JSON.parse(line).level);
    };
    try {
      delete process.env.LOG_LEVEL;
      expect(written()).to.deep.equal(['info', 'warn', 'error']);
      process.env.LOG_LEVEL = 'error';
      expect(written()).to.deep.equal(['error']);
      expect(written('debug')).to.deep.equal(['debug', 'info', 'warn', 'error']);
    } finally {
      if (before === undefined) delete process.env.LOG_LEVEL;
      else process.env.LOG_LEVEL = before;
    }
  });

  it('writes no control character, line separator or direction override as it is, and loses none', () => {
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk.toString());
        done();
      },
    });
    const codes = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, index) => 0x7f + index)];
    const text = `${String.fromCharCode(...codes)}\u2028\u2029\u202e\u2066`;
    createLog('test', stream).error(text, { userId: text, stack: text });
    const [chunk = '', ...more] = chunks;
    expect(more).to.deep.equal([]);
    expect(chunk.slice(0, -1)).to.not.match(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
    expect(chunk.at(-1)).to.equal('\n');
    expect(JSON.parse(chunk)).to.include({ message: text, userId: text, stack: text });
  });

  it('writes every field that is allowed', () => {
    const { log, lines } = createMemoryLog();
    const fields = {
      executionArn: 'arn',
      goalId: 'g',
      actionId: 'a',
      position: 0,
      userId: 'u',
      awsRequestId: 'r',
      routeKey: 'GET /',
      httpStatus: 200,
      code: 'c',
      state: 's',
      status: 'RUNNING',
      goalStatus: 'draft',
      outcome: 'SAVED',
      attempt: 1,
      durationMs: 2,
      taskCount: 3,
      totalActions: 4,
      processedActions: 5,
      savedActions: 6,
      failedActions: 7,
      inputTokens: 8,
      outputTokens: 9,
      modelId: 'm',
      advice: 'do',
      settledBy: 'x',
      errorName: 'E',
      errorMessage: 'no',
      stack: 'at',
      invalidPaths: ['/a'],
      topic: 't',
      reason: 'why',
    } satisfies Required<LogFields>;
    log.info('all', fields);
    expect(lines[0]).to.deep.include(fields);
  });
});
