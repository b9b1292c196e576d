import { expect } from 'chai';
import { createDatabase } from '../../src/aws/database.ts';
import { Executions } from '../../src/execution/executions.ts';
import { createProgressRefresher } from '../../src/execution/refresh-progress.ts';
import { createMemoryLog } from '../../src/log/logger.ts';

const begin = Date.parse('2026-11-24T00:00:00.000Z');
const at = (ms: number) => new Date(begin + ms);
const input = (executionArn: string, batchStartedAt = at(0).toISOString()) => ({ executionArn, batchStartedAt });

/** A refresher, and for each time that it recorded, the execution and the milliseconds since the beginning. */
function given(answer: (executionArn: string, now: Date) => Promise<Date> = async (_, now) => now) {
  const recorded: [string, number][] = [];
  const { log, lines } = createMemoryLog();
  let now = at(0);
  const executions = new Executions(createDatabase({ executions: 'e' }), { now: () => now });
  const refresher = createProgressRefresher(executions, 10_000, log, (given, executionArn, graceMs) => {
    expect([given, graceMs]).to.deep.equal([executions, 10_000]);
    recorded.push([executionArn, now.getTime() - begin]);
    return answer(executionArn, now);
  });
  const refresh = (saved: ReturnType<typeof input>, when: Date) => {
    now = when;
    return refresher(saved);
  };
  return { refresh, recorded, lines };
}

describe('the progress after a save', () => {
  it('is left alone as long as the batch is young: it was written when the batch began', async () => {
    const { refresh, recorded } = given();
    await refresh(input('a'), at(10_000));
    await refresh(input('a'), at(10_001));
    await refresh(input('b', '2026-11-24T00:00:01Z'), at(11_000));
    expect(recorded).to.deep.equal([['a', 10_001]]);
  });

  for (const [what, times, answer, ...written] of [
    ['again once it is older than the grace', [15_000, 20_000, 25_000, 25_001, 30_000], undefined, 15_000, 25_001],
    ['when it will be old, if another wrote it', [15_000, 22_000, 22_001], async () => at(12_000), 15_000, 22_001],
  ] as const) {
    it(`is written ${what}`, async () => {
      const { refresh, recorded } = given(answer);
      for (const ms of times) await refresh(input('a'), at(ms));
      await refresh(input('b'), at(30_000));
      expect(recorded).to.deep.equal([...written.map((ms) => ['a', ms]), ['b', 30_000]]);
    });
  }

  it('is written once when several saves of a process end at the same time', async () => {
    const { refresh, recorded } = given();
    await Promise.all([1, 2, 3].map((ms) => refresh(input('a'), at(15_000 + ms))));
    expect(recorded).to.have.length(1);
  });

  it('costs the save nothing but a line in the log when it fails, and is tried again after the grace', async () => {
    const { refresh, recorded, lines } = given(() => Promise.reject(new RangeError('gone')));
    for (const ms of [15_000, 25_000, 25_001]) await refresh(input('a'), at(ms));
    expect(recorded.map(([, ms]) => ms)).to.deep.equal([15_000, 25_001]);
    expect(lines).to.have.length(2);
    expect(lines[0]).to.include({ level: 'warn', executionArn: 'a', errorName: 'RangeError' });
    expect(lines[0]?.message).to.be.a('string').and.not.equal('');
  });

  it('is remembered of the last 100 executions, of each as long as it goes on', async () => {
    const { refresh, recorded } = given();
    const refreshAll = async (ms: number, ...numbers: number[]) => {
      const before = recorded.length;
      for (const number of numbers) await refresh(input(`e${number}`), at(ms));
      return recorded.length - before;
    };
    expect(await refreshAll(15_000, ...Array(101).keys())).to.equal(101);
    expect(await refreshAll(15_001, 1)).to.equal(0);
    expect(await refreshAll(15_001, 0)).to.equal(1);
    // One of them goes on, while others come and go.
    expect(await refreshAll(26_000, 50, ...Array.from({ length: 99 }, (_, index) => 200 + index))).to.equal(100);
    expect(await refreshAll(26_001, 50)).to.equal(0);
  });
});
