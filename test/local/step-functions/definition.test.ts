import { expect } from 'chai';
import fc from 'fast-check';
import {
  allStates,
  type Definition,
  LONGEST_TIMER_SECONDS,
  parseDefinition,
  readRootExecution,
  scaleDefinition,
  taskTimeouts,
} from '../../../local/aws/step-functions/engine/definition.ts';

const RESOURCE = 'arn:aws:lambda:ap-northeast-1:123456789012:function:work:1';

const DEFINITION: Definition = {
  StartAt: 'Outer',
  TimeoutSeconds: 900,
  States: {
    Outer: {
      Type: 'Map',
      ItemsPath: '$.batches',
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
      ItemProcessor: {
        StartAt: 'Inner',
        States: {
          Inner: {
            Type: 'Map',
            ItemSelector: { 'id.$': '$$.Execution.Id', note: '$$.Execution.Id' },
            Iterator: {
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
            End: true,
          },
        },
      },
      Next: 'Fork',
    },
    Fork: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'Pause', States: { Pause: { Type: 'Wait', Seconds: 30, End: true } } }],
      Next: 'Unlimited',
    },
    Unlimited: { Type: 'Task', Resource: RESOURCE, InputPath: '$$.Execution.Input', Next: 'FromData' },
    FromData: { Type: 'Task', Resource: RESOURCE, TimeoutSecondsPath: '$.limit', End: true },
  },
};

function state(definition: Definition, name: string): object {
  return Object.fromEntries(allStates(definition))[name] ?? {};
}

describe('scaleDefinition', () => {
  it('scales timeouts, retry intervals, delays and waits at every depth', () => {
    const scaled = scaleDefinition(DEFINITION, 0.01);
    expect(scaled.TimeoutSeconds).to.equal(9);
    expect(state(scaled, 'Work')).to.deep.include({ TimeoutSeconds: 1.2 });
    expect(state(scaleDefinition(DEFINITION, 0.001), 'Work')).to.deep.include({ TimeoutSeconds: 1 });
    expect(state(scaled, 'Work')).to.have.deep.property('Retry', [
      { ErrorEquals: ['TransientError'], IntervalSeconds: 0.02, MaxDelaySeconds: 0.08, BackoffRate: 2 },
    ]);
    expect(state(scaled, 'Pause')).to.include({ Seconds: 0.3 });
  });

  it('writes out the interval of one second that a retrier without one has', () => {
    expect(state(scaleDefinition(DEFINITION, 0.5), 'Outer')).to.have.deep.property('Retry', [
      { ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 0.5 },
    ]);
  });

  it('gives a task without a timeout the longest timer there is, not the 60 s of the engine', () => {
    expect(state(scaleDefinition(DEFINITION, 0.01), 'Unlimited')).to.include({ TimeoutSeconds: LONGEST_TIMER_SECONDS });
  });

  it('leaves a timeout that comes from data to the data', () => {
    expect(state(scaleDefinition(DEFINITION, 0.01), 'FromData')).to.not.have.property('TimeoutSeconds');
  });

  it('keeps a timer within what Node can hold', () => {
    const long: Definition = { ...DEFINITION, TimeoutSeconds: 99_999_999 };
    expect(scaleDefinition(long, 1).TimeoutSeconds).to.equal(LONGEST_TIMER_SECONDS);
  });

  it('changes nothing in the definition it is given, and gives one that is still valid', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 100, noNaN: true }), (timeScale) => {
        const before = JSON.stringify(DEFINITION);
        const scaled = scaleDefinition(DEFINITION, timeScale);
        expect(JSON.stringify(DEFINITION)).to.equal(before);
        expect(allStates(scaled).map(([name]) => name)).to.deep.equal(allStates(DEFINITION).map(([name]) => name));
        expect(taskTimeouts(scaled).get('Work')).to.be.closeTo(Math.max(1, 120 * timeScale), 1e-6);
      }),
    );
  });
});

describe('readRootExecution', () => {
  it('renames $$.Execution in paths, and leaves other text alone', () => {
    const renamed = readRootExecution(DEFINITION);
    expect(state(renamed, 'Inner')).to.have.deep.property('ItemSelector', {
      'id.$': '$$.RootExecution.Id',
      note: '$$.Execution.Id',
    });
    expect(state(renamed, 'Unlimited')).to.include({ InputPath: '$$.RootExecution.Input' });
  });

  it('renames it inside an intrinsic function', () => {
    const definition: Definition = {
      StartAt: 'Only',
      States: {
        Only: {
          Type: 'Pass',
          Parameters: { 'text.$': "States.Format('{} of {}', $$.State.Name, $$.Execution.Name)" },
          End: true,
        },
      },
    };
    expect(state(readRootExecution(definition), 'Only')).to.have.nested.property(
      'Parameters.text\\.$',
      "States.Format('{} of {}', $$.State.Name, $$.RootExecution.Name)",
    );
  });
});

describe('taskTimeouts', () => {
  it('finds the timeouts of tasks at every depth', () => {
    expect([...taskTimeouts(DEFINITION)]).to.deep.equal([['Work', 120]]);
  });
});

describe('parseDefinition', () => {
  it('accepts a valid definition, and writes nothing into it', () => {
    const before = JSON.stringify(DEFINITION);
    expect(taskTimeouts(parseDefinition(DEFINITION)).get('Work')).to.equal(120);
    expect(JSON.stringify(DEFINITION)).to.equal(before);
  });

  it('gives each caller a copy of its own, also of what it has parsed before', () => {
    const first = parseDefinition(DEFINITION);
    const expected = structuredClone(first);
    first.States = {};
    const second = parseDefinition(DEFINITION);
    expect(second).to.deep.equal(expected);
    second.States = {};
    expect(parseDefinition(DEFINITION)).to.deep.equal(expected);
  });

  it('refuses what is not a definition, with the reason', () => {
    expect(() => parseDefinition({ StartAt: 'Missing', States: {} })).to.throw(/definition is invalid/);
    expect(() => parseDefinition('text')).to.throw();
  });

  it('refuses JSONata, which the engine does not know', () => {
    const definition = { QueryLanguage: 'JSONata', StartAt: 'Only', States: { Only: { Type: 'Succeed' } } };
    expect(() => parseDefinition(definition)).to.throw(/JSONPath definitions only/);
  });
});
