import { expect } from 'chai';
import { createOutages, NoAnswer } from '../../../local/aws/outages.ts';
import { failureOf } from '../../support/failure.ts';

describe('the outages of a service', () => {
  let time = 0;
  let calls = 0;
  let slept: number[] = [];
  beforeEach(() => {
    time = 0;
    slept = [];
    calls = 0;
  });
  const call = () => {
    calls += 1;
    return 'answer';
  };
  /** @param numbers that are drawn, by what they are for */
  const start = (numbers: Record<string, number[]>) =>
    createOutages({
      share: 0.1,
      outageMs: 300,
      draw: (what) => numbers[what]?.shift() ?? Number.NaN,
      throttled: () => new Error('Rate exceeded'),
      failed: () => new Error('Internal failure'),
      clock: { now: () => time, sleep: async (milliseconds) => void slept.push(milliseconds) },
    });

  it('begin with the share of calls that they should, and then last for all who call', async () => {
    const { meet } = start({ outage: [0.1, 0.09, 0.5], 'kind of outage': [0.2] });
    expect(await meet(call)).to.equal('answer');
    for (time of [0, 299]) expect(await failureOf(meet(call))).to.have.property('message', 'Rate exceeded');
    time = 300;
    expect(await meet(call)).to.equal('answer');
    expect(calls, 'a throttled call is not carried out').to.equal(2);
  });

  it('fail calls before or after these were carried out, and say nothing of what became of them', async () => {
    const { meet } = start({ outage: [0], 'kind of outage': [0.5], 'carried out': [0.49, 0.5, 0] });
    const refused = () => {
      throw new Error('Execution Already Exists');
    };
    for (const each of [call, call, refused])
      expect(await failureOf(meet(each))).to.have.property('message', 'Internal failure');
    expect(calls).to.equal(1);
  });

  it('leave calls without an answer until they end, carried out or not', async () => {
    const { meet } = start({ outage: [0], 'kind of outage': [0.99], 'carried out': [0.49, 0.5] });
    for (time of [0, 100]) expect(await failureOf(meet(call))).to.be.instanceOf(NoAnswer);
    expect(slept).to.deep.equal([300, 200]);
    expect(calls).to.equal(1);
  });
});
