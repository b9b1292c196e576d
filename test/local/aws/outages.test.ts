import { expect } from 'chai';
import { createOutages, NoAnswer, type OutageOptions } from '../../../local/aws/outages.ts';
import { failureOf } from '../../support/failure.ts';

/** Numbers that a test gives, by what they are for. */
const drawn =
  (numbers: Record<string, readonly number[]>) =>
  (what: string): number => {
    const next = numbers[what]?.[0];
    if (next === undefined) throw new Error(`nobody was to draw for ${what}`);
    numbers[what] = numbers[what]?.slice(1) ?? [];
    return next;
  };

describe('the outages of a service', () => {
  let time = 0;
  let calls = 0;
  let slept: number[] = [];
  let end = Promise.withResolvers<void>();
  beforeEach(() => {
    time = 0;
    slept = [];
    end = Promise.withResolvers();
    calls = 0;
  });
  const call = () => {
    calls += 1;
    return 'answer';
  };
  const start = (numbers: Record<string, readonly number[]>, changes: Partial<OutageOptions> = {}) =>
    createOutages({
      share: 0.1,
      outageMs: 300,
      draw: drawn(numbers),
      throttled: () => new Error('Rate exceeded'),
      failed: () => new Error('Internal failure'),
      clock: {
        now: () => time,
        sleep: async (milliseconds) => {
          slept.push(milliseconds);
          await end.promise;
        },
      },
      ...changes,
    });

  it('are none, and cost nothing, with a share of 0', async () => {
    const { meet } = start({}, { share: 0 });
    expect(await meet(call)).to.equal('answer');
  });

  it('begin with the share of calls that they should, and then last for all who call', async () => {
    const { meet } = start({ outage: [0.1, 0.09, 0.5], 'kind of outage': [0.2] });
    expect(await meet(call)).to.equal('answer');
    for (time of [0, 299]) expect(await failureOf(meet(call))).to.have.property('message', 'Rate exceeded');
    time = 300;
    expect(await meet(call)).to.equal('answer');
    expect(calls, 'a throttled call is not carried out').to.equal(2);
  });

  it('fail calls before or after these were carried out', async () => {
    const { meet } = start({ outage: [0], 'kind of outage': [0.5], 'carried out': [0.49, 0.5] });
    expect(await failureOf(meet(call))).to.have.property('message', 'Internal failure');
    expect(calls).to.equal(1);
    expect(await failureOf(meet(call))).to.have.property('message', 'Internal failure');
    expect(calls).to.equal(1);
  });

  it('leave calls without an answer until they end, carried out or not', async () => {
    const { meet } = start({ outage: [0], 'kind of outage': [0.99], 'carried out': [0.49, 0.5] });
    const first = meet(call);
    time = 100;
    const second = meet(call);
    end.resolve();
    for (const unanswered of [first, second]) expect(await failureOf(unanswered)).to.be.instanceOf(NoAnswer);
    expect(slept).to.deep.equal([300, 200]);
    expect(calls).to.equal(1);
  });

  it('say nothing of what a call that was carried out had to say', async () => {
    const { meet } = start({ outage: [0], 'kind of outage': [0.5], 'carried out': [0] });
    const refused = () => {
      throw new Error('Execution Already Exists');
    };
    expect(await failureOf(meet(refused))).to.have.property('message', 'Internal failure');
  });
});
