import { expect } from 'chai';
import {
  allStates,
  type Definition,
  parseDefinition,
  readRootExecution,
  scaleDefinition,
} from '../../../local/aws/step-functions/engine/definition.ts';

const RESOURCE = 'arn:aws:lambda:ap-northeast-1:123456789012:function:work:1';
const LONGEST = 2_147_483;

const DEFINITION: Definition = {
  StartAt: 'Outer',
  TimeoutSeconds: 900,
  States: {
    Outer: {
      Type: 'Map',
      ItemsPath: '$.batches',
      ItemSelector: { 'text.$': "States.Format('{}', $$.Execution.Name)", note: '$$.Execution.Id' },
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
      ItemProcessor: {
        StartAt: 'Work',
        States: {
          Work: {
            Type: 'Task',
            Resource: RESOURCE,
            TimeoutSeconds: 120,
            Retry: [{ ErrorEquals: ['TransientError'], IntervalSeconds: 2, MaxDelaySeconds: 8, BackoffRate: 2 }],
            End: true,
          },
        },
      },
      Next: 'Pause',
    },
    Pause: { Type: 'Wait', Seconds: 30, Next: 'Unlimited' },
    Unlimited: { Type: 'Task', Resource: RESOURCE, InputPath: '$$.Execution.Input', Next: 'FromData' },
    FromData: { Type: 'Task', Resource: RESOURCE, TimeoutSecondsPath: '$.limit', End: true },
  },
};

const stateOf = (definition: Definition, name: string): object => Object.fromEntries(allStates(definition))[name] ?? {};

describe('scaleDefinition', () => {
  it('scales timeouts, retry intervals, delays and waits at every depth, and leaves what comes from data', () => {
    const before = JSON.stringify(DEFINITION);
    const scaled = scaleDefinition(DEFINITION, 0.01);
    expect(JSON.stringify(DEFINITION)).to.equal(before);
    expect(scaled.TimeoutSeconds).to.equal(9);
    expect(stateOf(scaled, 'Work')).to.deep.include({
      TimeoutSeconds: 1.2,
      Retry: [{ ErrorEquals: ['TransientError'], IntervalSeconds: 0.02, MaxDelaySeconds: 0.08, BackoffRate: 2 }],
    });
    expect(stateOf(scaled, 'Outer')).to.deep.include({
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 0.01 }],
    });
    expect(stateOf(scaled, 'Pause')).to.include({ Seconds: 0.3 });
    expect(stateOf(scaled, 'FromData')).to.not.have.property('TimeoutSeconds');
  });

  it('gives a task at least a second, one without a timeout the longest timer there is, and no timer a longer one', () => {
    expect(stateOf(scaleDefinition(DEFINITION, 0.001), 'Work')).to.include({ TimeoutSeconds: 1 });
    expect(stateOf(scaleDefinition(DEFINITION, 1), 'Unlimited')).to.include({ TimeoutSeconds: LONGEST });
    expect(scaleDefinition({ ...DEFINITION, TimeoutSeconds: 99_999_999 }, 1).TimeoutSeconds).to.equal(LONGEST);
  });
});

describe('readRootExecution', () => {
  it('renames $$.Execution in paths and intrinsic functions, and leaves other text alone', () => {
    const renamed = readRootExecution(DEFINITION);
    expect(stateOf(renamed, 'Outer')).to.have.deep.property('ItemSelector', {
      'text.$': "States.Format('{}', $$.RootExecution.Name)",
      note: '$$.Execution.Id',
    });
    expect(stateOf(renamed, 'Unlimited')).to.include({ InputPath: '$$.RootExecution.Input' });
  });
});

describe('parseDefinition', () => {
  it('gives each caller a copy of its own, also of what it has parsed before', () => {
    const before = JSON.stringify(DEFINITION);
    const first = parseDefinition(DEFINITION);
    const expected = structuredClone(first);
    first.States = {};
    expect(parseDefinition(DEFINITION)).to.deep.equal(expected);
    expect(JSON.stringify(DEFINITION)).to.equal(before);
  });

  it('refuses what is no definition, and what the local stack does not run', () => {
    expect(() => parseDefinition({ StartAt: 'Missing', States: {} })).to.throw(/definition is invalid/);
    const jsonata = { QueryLanguage: 'JSONata', StartAt: 'Only', States: { Only: { Type: 'Succeed' } } };
    expect(() => parseDefinition(jsonata)).to.throw(/JSONPath without Parallel states only/);
    const branch = { StartAt: 'Only', States: { Only: { Type: 'Succeed' } } };
    const parallel = { StartAt: 'Both', States: { Both: { Type: 'Parallel', Branches: [branch], End: true } } };
    expect(() => parseDefinition(parallel)).to.throw(/JSONPath without Parallel states only/);
  });
});
