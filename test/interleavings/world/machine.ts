import { PublishCommand } from '@aws-sdk/client-sns';
import { FUNCTION_OF_PLACEHOLDER, renderDefinition } from '../../../statemachine/definition.ts';
import type { Execution } from '../model/step-functions.ts';
import { clock } from '../stand-ins/time.ts';
import { field, text } from './answer.ts';
import { isLambda } from './lambdas.ts';
import type { World } from './world.ts';

type Data = Readonly<Record<string, unknown>>;

/** A state of the Amazon States Language, as far as this project writes it; anything else is an error. */
interface State {
  readonly Type: 'Task' | 'Map' | 'Choice' | 'Pass' | 'Succeed' | 'Fail';
  readonly Resource?: string;
  readonly Parameters?: Data;
  readonly ItemsPath?: string;
  readonly ItemSelector?: Data;
  readonly ItemProcessor?: States;
  /** Null: what the state got goes on instead of its result. */
  readonly ResultPath?: string | null;
  readonly OutputPath?: string;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  /** One, of `States.ALL`. */
  readonly Catch?: readonly [{ readonly ResultPath: string; readonly Next: string }];
  readonly Choices?: readonly { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Error?: string;
  readonly Next?: string;
}

interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The deployed definition, with the names of Lambdas and topics for their ARNs. Waits are left out: any order of calls is tried. */
const MACHINE: States = JSON.parse(
  renderDefinition({ ...FUNCTION_OF_PLACEHOLDER, AlertsTopicArn: 'alerts', NoticesTopicArn: 'notices' }),
);

const KNOWN =
  /^(Type|Comment|Resource|TimeoutSeconds|Parameters|MaxConcurrency|Items?Path|Item(Selector|Processor)|ResultPath|OutputPath|Retry|Catch|Choices|Default|Error|Cause|Next|End)$/;

function assertKnown({ States }: States): void {
  for (const [name, state] of Object.entries(States)) {
    const unknown = Object.keys(state).find((each) => !KNOWN.test(each));
    if (unknown !== undefined) throw new Error(`the explorer does not know ${unknown} of ${name}`);
    const errors: unknown = field(field(state.Catch, '0'), 'ErrorEquals') ?? ['States.ALL'];
    if ((state.Catch?.length ?? 1) > 1 || String(errors) !== 'States.ALL') throw new Error(`${name} catches otherwise`);
    if (state.ItemProcessor !== undefined) assertKnown(state.ItemProcessor);
  }
}
assertKnown(MACHINE);

const fail = (name: string, message: string) => Object.assign(new Error(message), { name });
const errorOf = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** What stands at a path such as `$.goalId` or `$$.Execution.Id`. @throws Error that no Catch catches */
function at(path: string, data: unknown, context: Data): unknown {
  const [root, ...names] = path.split('.');
  const found = names.reduce(field, root === '$$' ? context : data);
  if (found === undefined) throw fail('States.Runtime', `there is no ${path}`);
  return found;
}

/** A payload template, filled. */
function fill(template: unknown, data: Data, context: Data): unknown {
  if (typeof template !== 'object' || template === null) return template;
  const fields = Object.entries(template).map(([name, value]) =>
    name.endsWith('.$') ? [name.slice(0, -2), at(String(value), data, context)] : [name, fill(value, data, context)],
  );
  return Object.fromEntries(fields);
}

const dataOf = (value: unknown): Data => ({ ...Object(value) });

const cut = (list: readonly unknown[], size: number) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));

const listOf = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw fail('States.Runtime', 'no list');
  return value;
};

/** Thrown in a branch of an execution that was ended from outside; its Lambdas go on. */
const STOPPED = fail('States.Runtime', 'stopped');

/** Runs one execution over the Lambdas' own code. */
class Machine {
  readonly #world: World;
  readonly #execution: Execution;

  constructor(world: World, execution: Execution) {
    this.#world = world;
    this.#execution = execution;
  }

  async run(): Promise<void> {
    const { stepFunctions } = this.#world;
    try {
      await this.#walk(MACHINE, dataOf(JSON.parse(this.#execution.input)));
      stepFunctions.end(this.#execution, 'SUCCEEDED');
    } catch (thrown) {
      // One that was stopped has ended before, and stays as it is.
      const { name, message } = errorOf(thrown);
      stepFunctions.end(this.#execution, 'FAILED', name, message);
    }
  }

  #check(): void {
    if (this.#execution.status !== 'RUNNING') throw STOPPED;
  }

  async #walk({ StartAt, States }: States, input: Data): Promise<unknown> {
    let name: string | undefined = StartAt;
    let data: unknown = input;
    while (name !== undefined) {
      const state: State | undefined = States[name];
      if (state === undefined) throw new Error(`no state ${name}`);
      const before = dataOf(data);
      try {
        data = await this.#enter(name, state, before);
        name = nextOf(state, before);
      } catch (thrown) {
        const [caught] = state.Catch ?? [];
        const { name: error, message } = errorOf(thrown);
        if (caught === undefined || error === 'States.Runtime') throw thrown;
        const Cause = JSON.stringify({ errorType: error, errorMessage: message });
        data = { ...before, [caught.ResultPath.slice(2)]: { Error: error, Cause } };
        name = caught.Next;
      }
    }
    return data;
  }

  /** @returns what goes on from a state */
  async #enter(name: string, state: State, data: Data): Promise<unknown> {
    if (state.Type === 'Fail') throw fail(state.Error ?? '', name);
    const context = {
      Execution: { Id: this.#execution.arn },
      State: { Name: name, EnteredTime: new Date(clock.now).toISOString() },
    };
    const payload = state.Parameters === undefined ? data : dataOf(fill(state.Parameters, data, context));
    let result: unknown = payload;
    if (state.Type === 'Task') result = await this.#attempt(name, state, payload);
    if (state.Type === 'Map') result = await this.#map(name, state, data, context);
    const { ResultPath, OutputPath = '$' } = state;
    if (ResultPath === null) result = data;
    else if (ResultPath !== undefined) result = { ...data, [ResultPath.slice(2)]: result };
    return at(OutputPath, result, context);
  }

  #map(name: string, { ItemsPath = '', ItemSelector, ItemProcessor }: State, data: Data, context: Data) {
    if (ItemProcessor === undefined) throw new Error(`${name} has no states`);
    const all = listOf(at(ItemsPath, data, context));
    // Smaller batches than the deployed ones: two of them have less to interleave.
    const items =
      name === 'ProcessBatches' ? all.flatMap((batch) => cut(listOf(batch), this.#world.bounds.batchSize)) : all;
    return Promise.all(
      items.map((Value) =>
        this.#walk(ItemProcessor, dataOf(fill(ItemSelector, data, { ...context, Map: { Item: { Value } } }))),
      ),
    );
  }

  /** A task with its retriers, as far as the bounds let them. */
  async #attempt(name: string, { Resource = '', Retry = [] }: State, payload: Data): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      this.#check();
      try {
        const result = await this.#call(name, Resource, payload);
        this.#check();
        return result;
      } catch (thrown) {
        this.#check();
        const { name: error } = errorOf(thrown);
        const retrier = Retry.find(
          ({ ErrorEquals: errors }) => errors.includes(error) || errors.includes('States.ALL'),
        );
        if (attempt >= Math.min(retrier?.MaxAttempts ?? 0, this.#world.bounds.retries)) throw thrown;
      }
    }
  }

  #call(name: string, resource: string, payload: Data): Promise<unknown> {
    const { name: execution, arn } = this.#execution;
    const { position } = payload;
    const id = `${execution}/${name}${field(payload.failure, 'position') ?? position ?? ''}`;
    if (resource.endsWith(':sns:publish')) {
      const [TopicArn, Subject, Message] = ['TopicArn', 'Subject', 'Message'].map((each) => text(payload, each));
      return this.#world.send(id, new PublishCommand({ TopicArn, Subject, Message }), arn);
    }
    if (!isLambda(resource)) throw new Error(`the explorer does not run ${resource}`);
    if (resource === 'generate-tasks') {
      if (this.#world.isRefused(execution, Number(position))) throw fail('PermanentError', 'the AI refuses');
      if (!this.#world.bounds.generates) return Promise.resolve({ ...payload, ...madeUp(execution) });
    }
    return this.#world.invoke(id, resource, payload, arn);
  }
}

function nextOf({ Choices = [], Default, Next }: State, data: Data): string | undefined {
  return Choices.find(({ Variable, StringEquals }) => at(Variable, data, {}) === StringEquals)?.Next ?? Default ?? Next;
}

/** Two tasks that the AI might have made. */
const madeUp = (execution: string) => ({
  tasks: ['First', 'Second'].map((title) => ({
    title: `${title} of ${execution}`,
    description: 'Do it',
    type: 'execution',
    estimatedMinutes: 5,
  })),
  usage: { inputTokens: 1, outputTokens: 1 },
});

export const runMachine = (world: World, execution: Execution) => new Machine(world, execution).run();
