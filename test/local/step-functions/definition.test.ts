import { expect } from 'chai';
import {
  allStates,
  type Definition,
  parseDefinition,
  scaleDefinition,
} from '../../../local/aws/step-functions/engine/definition.ts';
import { machine, task } from './test-support.ts';

const LONGEST = 2_147_483;
const Retry = [{ ErrorEquals: ['TransientError'], IntervalSeconds: 2, MaxDelaySeconds: 8, BackoffRate: 2 }];
const DEFINITION: Definition = {
  ...parseDefinition(
    machine({
      Outer: {
        Type: 'Map',
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
        ItemProcessor: machine({ Work: task({ TimeoutSeconds: 120, Retry, End: true }) }),
        Next: 'Pause',
      },
      Pause: { Type: 'Wait', Seconds: 30, Next: 'Unlimited' },
      Unlimited: task({ Next: 'FromData' }),
      FromData: task({ TimeoutSecondsPath: '$.limit', End: true }),
    }),
  ),
  TimeoutSeconds: 900,
};

describe('a definition', () => {
  it('has its timeouts, retry intervals, delays and waits scaled at every depth, but not what comes from data', () => {
    const before = JSON.stringify(DEFINITION);
    const scaled = scaleDefinition(DEFINITION, 0.01);
    expect(JSON.stringify(DEFINITION)).to.equal(before);
    expect(scaled.TimeoutSeconds).to.equal(9);
    const { Outer, Work, Pause, FromData } = Object.fromEntries(allStates(scaled));
    expect(Work).to.deep.include({
      TimeoutSeconds: 1.2,
      Retry: [{ ErrorEquals: ['TransientError'], IntervalSeconds: 0.02, MaxDelaySeconds: 0.08, BackoffRate: 2 }],
    });
    expect(Outer).to.deep.include({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 0.01 }] });
    expect(Pause).to.include({ Seconds: 0.3 });
    expect(FromData).to.not.have.property('TimeoutSeconds');
  });

  it('gives a task at least a second, one without a timeout the longest timer there is, and no timer a longer one', () => {
    const statesOf = (timeScale: number) => Object.fromEntries(allStates(scaleDefinition(DEFINITION, timeScale)));
    expect(statesOf(0.001).Work).to.include({ TimeoutSeconds: 1 });
    expect(statesOf(1).Unlimited).to.include({ TimeoutSeconds: LONGEST });
    expect(scaleDefinition({ ...DEFINITION, TimeoutSeconds: 99_999_999 }, 1).TimeoutSeconds).to.equal(LONGEST);
  });

  it('is refused when it is none, or one that the local stack does not run', () => {
    expect(() => parseDefinition({ StartAt: 'Missing', States: {} })).to.throw(/definition is invalid/);
    const branch = machine({ Only: { Type: 'Succeed' } });
    const both = { Type: 'Parallel', Branches: [branch], End: true };
    for (const other of [{ ...branch, QueryLanguage: 'JSONata' }, machine({ Both: both })])
      expect(() => parseDefinition(other)).to.throw(/JSONPath without Parallel states only/);
  });
});
