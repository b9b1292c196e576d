import { input as generateInput } from '@goal-activity/generate-tasks/src/validators.generated.js';
import { input as saveInput } from '@goal-activity/save-tasks/src/validators.generated.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { check } from '../../../test/support/seed.ts';
import { executionRow } from '../src/validators.generated.js';
import { executionRow as row } from './support/rows.ts';

const action = {
  executionArn: 'arn:aws:states:ap-northeast-1:123456789012:execution:m:g-1',
  goalId: 'g',
  actionId: 'a',
  position: 0,
};
const tasks = [{ title: 'Jog', description: 'Slowly.', type: 'habit', estimatedMinutes: 30 }];
const usage = { inputTokens: 1, outputTokens: 1 };

/** Whether both steps that are given the start of their batch by Step Functions take it. */
const isTaken = (batchStartedAt: string) =>
  generateInput({ ...action, batchStartedAt }) && saveInput({ ...action, batchStartedAt, tasks, usage });

describe('the start of a batch, as Step Functions writes it', () => {
  it('is taken with 0 to 9 decimals, in UTC or with an offset, and is the same millisecond', () =>
    check(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 999_999 }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, decimals, nanoseconds, offsetMinutes) => {
          const zone =
            offsetMinutes === 0
              ? 'Z'
              : `${offsetMinutes < 0 ? '-' : '+'}${new Date(Math.abs(offsetMinutes) * 60_000).toISOString().slice(11, 16)}`;
          const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString();
          const digits = `${local.slice(20, 23)}${String(nanoseconds).padStart(6, '0')}`.slice(0, decimals);
          const text = `${local.slice(0, 19)}${decimals === 0 ? '' : `.${digits}`}${zone}`;
          expect(isTaken(text), text).to.equal(true);
          const lost = 10 ** Math.max(0, 3 - decimals);
          expect(Date.parse(text), text).to.equal(Math.floor(date.getTime() / lost) * lost);
        },
      ),
    ));

  for (const text of [
    '2026-02-03T04:05:06Z',
    '2026-02-03T04:05:06.1Z',
    '2026-02-03T04:05:06.123456789+09:30',
    '2026-12-31T23:59:59-14:59',
  ]) {
    it(`may be ${text}`, () => {
      expect(isTaken(text)).to.equal(true);
    });
  }

  for (const text of [
    '2026-02-03T04:05:06',
    '2026-02-03 04:05:06Z',
    '2026-02-03T04:05Z',
    '2026-02-03T04:05:06.Z',
    '2026-02-03T04:05:06.1234567890Z',
    '2026-02-03T04:05:06z',
    '2026-02-03T04:05:06+0900',
    '2026-13-03T04:05:06Z',
    '2026-00-03T04:05:06Z',
    '2026-02-32T04:05:06Z',
    '2026-02-00T04:05:06Z',
    '2026-02-03T24:05:06Z',
    '2026-02-03T04:60:06Z',
    '2026-02-03T04:05:60Z',
    '2026-02-03T04:05:06+15:00',
    '2026-02-03T04:05:06+09:60',
    ' 2026-02-03T04:05:06Z',
    '2026-02-03T04:05:06Z\n',
    'yesterday',
    '',
  ]) {
    it(`may not be ${JSON.stringify(text)}, which is no instant`, () => {
      expect(isTaken(text)).to.equal(false);
    });
  }
});

describe('a time that we write ourselves', () => {
  it('has three decimals and is in UTC, so that times in keys sort as text', () => {
    const { executionArn } = action;
    expect(executionRow(row({ executionArn, startedAt: '2026-02-03T04:05:06.000Z' }))).to.equal(true);
    for (const startedAt of ['2026-02-03T04:05:06Z', '2026-02-03T04:05:06.000+09:00'])
      expect(executionRow(row({ executionArn, startedAt })), startedAt).to.equal(false);
  });
});
