import { expect } from 'chai';
import { type Definition, parseDefinition } from '../../local/aws/step-functions/engine/definition.ts';
import { terraformPath } from '../../local/stack.ts';
import { readTerraform } from '../../local/terraform/stack-description.ts';
import { START_AT, STATES, type State, type States } from './model/states.ts';

const stack = readTerraform(terraformPath('dev'));
const definition = parseDefinition(stack.stateMachine.definition);
type Deployed = Definition['States'][string];
type Task = Extract<Deployed, { Type: 'Task' }>;

/** What a task calls: the Lambda's name, or that of the topic. */
function callOf({ Resource, Parameters }: Task): string {
  const lambda = stack.functions.find(({ qualifiedArn }) => qualifiedArn === Resource);
  if (lambda !== undefined) return lambda.name;
  const topicArn: unknown = Reflect.get(Object(Parameters), 'TopicArn');
  const topic = stack.topics.find(({ arn }) => arn === topicArn);
  return topic?.name.replace(`${stack.prefix}-`, '') ?? Resource;
}

/** Where everything is caught; a Catch of another kind reads as what it is, which no model has. */
function catchOf({ Catch }: Pick<Task, 'Catch'>): { catch?: string } {
  if (Catch === undefined) return {};
  const [only] = Catch;
  const isPlain = Catch.length === 1 && only?.ErrorEquals.join() === 'States.ALL';
  return { catch: isPlain ? only.Next : JSON.stringify(Catch) };
}

const nextOf = (state: object): { next?: string } => {
  const next: unknown = Reflect.get(state, 'Next');
  return typeof next === 'string' ? { next } : {};
};

function stateOf(state: Deployed): State {
  switch (state.Type) {
    case 'Task': {
      const retry = (state.Retry ?? []).map(({ ErrorEquals, MaxAttempts = 3 }) => ({
        errors: ErrorEquals,
        attempts: MaxAttempts,
      }));
      return { type: 'Task', calls: callOf(state), retry, ...catchOf(state), ...nextOf(state) };
    }
    case 'Map': {
      if (state.Retry !== undefined) throw new Error('the explorer knows no Retry of a Map');
      const { StartAt = '', States = {} } = state.ItemProcessor ?? {};
      return { type: 'Map', startAt: StartAt, states: statesOf(States), ...catchOf(state), ...nextOf(state) };
    }
    case 'Choice': {
      const next = Object.fromEntries(
        state.Choices.map((choice) => [Reflect.get(choice, 'StringEquals'), choice.Next]),
      );
      return { type: 'Choice', next, otherwise: state.Default ?? '' };
    }
    case 'Fail':
      return { type: 'Fail', error: state.Error ?? '' };
    case 'Pass':
    case 'Succeed':
      return { type: state.Type, ...nextOf(state) };
    default:
      throw new Error(`the explorer knows no ${state.Type}`);
  }
}

const statesOf = (states: Definition['States']): States =>
  Object.fromEntries(Object.entries(states).map(([name, state]) => [name, stateOf(state)]));

/** Every state at any depth. */
const allOf = (states: States): [string, State][] =>
  Object.entries(states).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...(state.type === 'Map' ? allOf(state.states) : []),
  ]);

describe('the state machine of the explorer', () => {
  const deployed = new Map(allOf(statesOf(definition.States)));

  it('begins and goes on as the deployed one, with the same states', () => {
    expect(START_AT).to.equal(definition.StartAt);
    expect(allOf(STATES).map(([name]) => name)).to.have.members([...deployed.keys()]);
  });

  for (const [name, state] of allOf(STATES)) {
    it(`has the type, the call, the retriers, the catch and the next states that are deployed: ${name}`, () => {
      expect(state).to.deep.equal(deployed.get(name));
    });
  }
});
