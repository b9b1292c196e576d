import aslValidator from 'asl-validator';
import { expect } from 'chai';
import { type DefinitionValues, FUNCTION_OF_PLACEHOLDER, renderDefinition } from './definition.ts';

const arn = (name: string) => `arn:aws:lambda:ap-northeast-1:123456789012:function:${name}:7`;
const topic = (name: string) => `arn:aws:sns:ap-northeast-1:123456789012:${name}`;
const functions = Object.entries(FUNCTION_OF_PLACEHOLDER).map(([placeholder, lambda]) => [placeholder, arn(lambda)]);
const values = {
  ...Object.fromEntries(functions),
  AlertsTopicArn: topic('alerts'),
  NoticesTopicArn: topic('notices'),
} as DefinitionValues;

interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  MaxConcurrency?: number;
  Catch?: { ErrorEquals: string[]; Next: string }[];
  ItemProcessor?: { States: Record<string, State> };
}

const definition: { TimeoutSeconds: number; States: Record<string, State> } = JSON.parse(renderDefinition(values));

function statesOf(states: Record<string, State>): [string, State][] {
  return Object.entries(states).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...statesOf(state.ItemProcessor?.States ?? {}),
  ]);
}
const all = statesOf(definition.States);
const state = (name: string): State => {
  const found = all.find(([candidate]) => candidate === name)?.[1];
  if (!found) throw new Error(`no state ${name}`);
  return found;
};
describe('the state machine definition', () => {
  it('is valid for asl-validator, without a placeholder left', () => {
    const result = aslValidator(JSON.parse(renderDefinition(values)), { checkArn: true, checkPaths: true });
    expect(result.errorsText('; ')).to.equal('');
    expect(result.isValid).to.equal(true);
    expect(renderDefinition(values)).not.to.contain('${');
  });

  it('keeps Terraform references as they are', () => {
    expect(renderDefinition({ ...values, SaveTasks: '${aws_lambda_function.save.qualified_arn}' })).to.contain(
      '"${aws_lambda_function.save.qualified_arn}"',
    );
  });

  it('refuses a missing and an unknown value, by name', () => {
    const { SaveTasks: _, ...incomplete } = values;
    expect(() => renderDefinition(incomplete as DefinitionValues)).to.throw('SaveTasks');
    expect(() => renderDefinition({ ...values, Other: 'x' } as DefinitionValues)).to.throw('Other');
  });

  it('names every Lambda of FUNCTION_OF_PLACEHOLDER', () => {
    const resources = new Set(all.map(([, { Resource }]) => Resource));
    for (const lambda of Object.values(FUNCTION_OF_PLACEHOLDER)) expect(resources).to.include(arn(lambda));
  });

  it('ends an execution after 900 s, an AI call after 120 s, and every task in time', () => {
    expect(definition.TimeoutSeconds).to.equal(900);
    expect(state('GenerateTasks').TimeoutSeconds).to.equal(120);
    for (const [name, { Type, TimeoutSeconds }] of all)
      if (Type === 'Task') expect(TimeoutSeconds, name).to.be.within(1, 120);
  });

  it('runs 3 batches at a time and 8 actions of each', () => {
    expect(state('ProcessBatches').MaxConcurrency).to.equal(3);
    expect(state('ProcessActions').MaxConcurrency).to.equal(8);
  });

  for (const [what, next, names] of [
    ['lets a failing action fail alone', 'ActionFailed', ['GenerateTasks', 'SaveTasks']],
    [
      'sends every failure outside the Maps to HandleError',
      'HandleError',
      ['ValidateInput', 'GetActions', 'CreateBatches', 'ProcessBatches', 'AggregateResults', 'UpdateGoalStatus'],
    ],
  ] as const) {
    it(what, () => {
      const caught = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: next }];
      for (const name of names) expect(state(name).Catch, name).to.deep.equal(caught);
    });
  }

  it('goes on when a failure or the progress cannot be recorded', () => {
    expect(state('ActionFailed').Catch?.[0]).to.include({ Next: 'ActionUnrecorded' });
    expect(state('UpdateProgress').Catch?.[0]).to.include({ Next: 'ProgressUnknown' });
  });
});
