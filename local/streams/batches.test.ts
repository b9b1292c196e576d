import { expect } from 'chai';
import fc from 'fast-check';
import { type BatchOptions, type BatchRules, processBatch } from './batches.ts';
import type { StreamRecord } from './record.ts';

const record = (sequenceNumber: number): StreamRecord => ({
  eventID: String(sequenceNumber),
  eventName: 'REMOVE',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'ap-northeast-1',
  eventSourceARN: 'arn:stream',
  dynamodb: {
    ApproximateCreationDateTime: 0,
    Keys: {},
    SequenceNumber: String(sequenceNumber),
    SizeBytes: 1,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
});
const batchOf = (length: number) => Array.from({ length }, (_, index) => record(index + 1));
const numbersOf = (records: readonly StreamRecord[]) => records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));

const RULES: BatchRules = { bisectOnError: false, reportsItemFailures: false, maximumRetries: -1, maximumAgeMs: -1 };
const failItem = (number: number) => ({ batchItemFailures: [{ itemIdentifier: String(number) }] });

/** Processes a batch by a function that gets sequence numbers, and writes down what happens. */
async function process(
  batch: readonly StreamRecord[],
  rules: Partial<BatchRules>,
  answer: (numbers: number[], call: number) => unknown,
) {
  const log = { invoked: [] as number[][], done: [] as number[], discarded: [] as unknown[], pauses: [] as number[] };
  let now = 0;
  const options: BatchOptions = {
    rules: { ...RULES, ...rules },
    async invoke(records) {
      const numbers = numbersOf(records);
      log.invoked.push(numbers);
      return answer(numbers, log.invoked.length);
    },
    done: (last) => log.done.push(Number(last.dynamodb.SequenceNumber)),
    discard: (records, why) => log.discarded.push([...numbersOf(records), why]),
    failed: () => undefined,
    async pause(failures) {
      log.pauses.push(failures);
      now += 1000;
    },
    now: () => now,
  };
  await processBatch(batch, options);
  return log;
}

const fail = () => {
  throw new Error('down');
};

describe('a batch of a stream', () => {
  it('is done once the function has answered', async () => {
    const log = await process(batchOf(3), {}, () => undefined);
    expect(log).to.deep.equal({ invoked: [[1, 2, 3]], done: [3], discarded: [], pauses: [] });
  });

  it('is tried again as it is until the function answers', async () => {
    const log = await process(batchOf(2), {}, (_, call) => call < 4 && fail());
    expect(log.invoked).to.deep.equal([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(log.pauses).to.deep.equal([1, 2, 3]);
  });

  it('is given up after so many retries, and counts as done then', async () => {
    const log = await process(batchOf(2), { maximumRetries: 2 }, fail);
    expect(log.invoked).to.have.length(3);
    expect(log.discarded).to.deep.equal([[1, 2, 'RetryAttemptsExhausted']]);
    expect(log.done).to.deep.equal([2]);
  });

  it('is given up once its records are too old', async () => {
    const log = await process(batchOf(1), { maximumAgeMs: 2500 }, fail);
    expect(log.invoked).to.have.length(4);
    expect(log.discarded).to.deep.equal([[1, 'RecordAgeExceeded']]);
  });

  it('is halved when it fails, until the one record that is to blame stands alone', async () => {
    const log = await process(
      batchOf(4),
      { bisectOnError: true, maximumRetries: 1 },
      (numbers) => numbers.includes(3) && fail(),
    );
    expect(log.invoked).to.deep.equal([[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]]);
    expect(log.discarded).to.deep.equal([[3, 'RetryAttemptsExhausted']]);
  });

  it('goes on from the first record that the function reports as failed', async () => {
    const log = await process(batchOf(4), { reportsItemFailures: true }, (_, call) =>
      call === 1 ? { batchItemFailures: [{ itemIdentifier: '4' }, { itemIdentifier: '2' }] } : {},
    );
    expect(log.invoked).to.deep.equal([
      [1, 2, 3, 4],
      [2, 3, 4],
    ]);
    expect(log.done).to.deep.equal([1, 4]);
  });

  it('gives each record its own retries, when those before it have been taken', async () => {
    const log = await process(batchOf(2), { reportsItemFailures: true, maximumRetries: 1 }, (numbers, call) =>
      call === 1 ? failItem(1) : call === 2 ? failItem(2) : numbers[0] === 2 && call < 4 ? failItem(2) : {},
    );
    expect(log.discarded).to.deep.equal([[2, 'RetryAttemptsExhausted']]);
  });

  for (const [title, answer] of [
    ['nothing', undefined],
    ['no list', { batchItemFailures: null }],
    ['an empty list', { batchItemFailures: [] }],
    ['something else', 'ok'],
  ] as const) {
    it(`is done when the function answers ${title}`, async () => {
      expect((await process(batchOf(2), { reportsItemFailures: true }, () => answer)).invoked).to.have.length(1);
    });
  }

  for (const identifier of ['', '99', undefined]) {
    it(`fails whole when the function reports ${identifier === undefined ? 'nobody' : `"${identifier}"`}`, async () => {
      const log = await process(batchOf(2), { reportsItemFailures: true }, (_, call) =>
        call === 1 ? { batchItemFailures: [{ itemIdentifier: identifier }] } : {},
      );
      expect(log.invoked).to.deep.equal([
        [1, 2],
        [1, 2],
      ]);
    });
  }

  it('does not look at reports that the mapping did not ask for', async () => {
    expect((await process(batchOf(2), {}, () => failItem(1))).invoked).to.have.length(1);
  });

  it('ends without an effect when a pause is broken off', async () => {
    const done: unknown[] = [];
    const broken = processBatch(batchOf(1), {
      rules: RULES,
      invoke: () => Promise.reject(new Error('down')),
      done: (last) => done.push(last),
      discard: (records) => done.push(records),
      failed: () => undefined,
      pause: () => Promise.reject(new Error('closing')),
      now: () => 0,
    });
    const failure = await broken.catch((error: unknown) => error);
    expect(failure).to.have.property('message', 'closing');
    expect(done).to.deep.equal([]);
  });

  it('brings every record to the function, and gives up those alone that never succeed, whatever the rules', async () => {
    const scenario = fc.record({
      length: fc.integer({ min: 1, max: 12 }),
      poisoned: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
      reports: fc.boolean(),
      retries: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ length, poisoned, reports, retries }) => {
        const taken = new Set<number>();
        const rules = { bisectOnError: true, reportsItemFailures: reports, maximumRetries: retries };
        const { discarded } = await process(batchOf(length), rules, (numbers) => {
          const bad = numbers.filter((number) => poisoned.includes(number));
          const [first] = bad;
          if (first !== undefined && !reports) return fail();
          for (const number of numbers) if (first === undefined || number < first) taken.add(number);
          return { batchItemFailures: bad.map((number) => ({ itemIdentifier: String(number) })) };
        });
        const lost = poisoned.filter((number) => number <= length).sort((one, other) => one - other);
        expect(discarded).to.deep.equal(lost.map((number) => [number, 'RetryAttemptsExhausted']));
        expect(taken.size).to.equal(length - lost.length);
      }),
    );
  });
});
