import { forGenerateTasks } from '@goal-activity/core/schema/steps.ts';
import aslValidator from 'asl-validator';
import { expect } from 'chai';
import { type DefinitionValues, FUNCTION_OF_PLACEHOLDER, renderDefinition } from './definition.ts';

const functions = Object.entries(FUNCTION_OF_PLACEHOLDER).map(([placeholder, lambda]) => [
  placeholder,
  `arn:aws:lambda:ap-northeast-1:123456789012:function:${lambda}:7`,
]);
const values = {
  ...Object.fromEntries(functions),
  AlertsTopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:alerts',
  NoticesTopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:notices',
} as DefinitionValues;

interface State {
  Type: string;
  TimeoutSeconds?: number;
  Retry?: object[];
  Parameters?: Record<string, string>;
  Catch?: { ErrorEquals: string[]; ResultPath: string }[];
  ItemProcessor?: { States: Record<string, State> };
}

function statesOf(states: Record<string, State>): [string, State][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...statesOf(state.ItemProcessor?.States ?? {}),
  ]);
}
/** After these the record tells the end: the sweep goes on where they fail (rule 4). */
const UNCAUGHT = ['HandleError', 'NotifyPartial', 'EscalatePartial', 'NotifyFailure'];
const all = statesOf(JSON.parse(renderDefinition(values)).States);

// Which state catches which is compared with docs/design.md; test/properties/ proves the limits of time and of what runs at once.
describe('the state machine definition', () => {
  it('is valid for asl-validator, without a placeholder left', () => {
    const result = aslValidator(JSON.parse(renderDefinition(values)), { checkArn: true, checkPaths: true });
    expect(result.errorsText('; ')).to.equal('');
    expect(result.isValid).to.equal(true);
    expect(renderDefinition(values)).not.to.contain('${');
  });

  it('refuses a missing and an unknown value, by name', () => {
    const { SaveTasks: _, ...incomplete } = values;
    expect(() => renderDefinition(incomplete as DefinitionValues)).to.throw('SaveTasks');
    expect(() => renderDefinition({ ...values, Other: 'x' } as DefinitionValues)).to.throw('Other');
  });

  it('gives GenerateTasks all that its schema has, each from the item, and the retry from the context', () => {
    const [, { Parameters = {} }] = all.find(([name]) => name === 'GenerateTasks') ?? ['', { Type: '' }];
    const { retryCount: _fromContext, ...item } = forGenerateTasks.properties;
    const expected = Object.keys(item).map((name) => [`${name}.$`, `$.${name}`]);
    expect(Parameters).to.deep.equal({
      ...Object.fromEntries(expected),
      'retryCount.$': '$$.State.RetryCount',
    });
  });

  it('repeats every task, and catches what each ends with, but for those whose work the sweep takes over', () => {
    const tasks = all.filter(([, { Type }]) => Type === 'Task');
    expect(tasks.filter(([, { Retry = [] }]) => Retry.length === 0).map(([name]) => name)).to.deep.equal([]);
    const uncaught = tasks.filter(([, { Catch = [] }]) => Catch.length === 0).map(([name]) => name);
    expect(uncaught).to.have.members(UNCAUGHT);
  });

  it('ends every task in time, and where it catches an error, catches any, beside the input', () => {
    for (const [name, { Type, TimeoutSeconds, Catch = [] }] of all) {
      if (Type === 'Task') expect(TimeoutSeconds, name).to.be.within(1, 120);
      for (const { ErrorEquals, ResultPath } of Catch) {
        expect(ErrorEquals, name).to.deep.equal(['States.ALL']);
        expect(ResultPath, name).to.match(/^\$\.(error|recordError)$/);
      }
    }
  });
});
