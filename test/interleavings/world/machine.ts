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

/** One execution in its world. */
interface Run {
  readonly world: World;
  readonly execution: Execution;
}

function assertRunning({ execution }: Run): void {
  if (execution.status !== 'RUNNING') throw STOPPED;
}

async function walk(run: Run, { StartAt, States }: States, input: Data): Promise<unknown> {
  let name: string | undefined = StartAt;
  let data: unknown = input;
  while (name !== undefined) {
    const state: State | undefined = States[name];
    if (state === undefined) throw new Error(`no state ${name}`);
    const before = dataOf(data);
    try {
      data = await enter(run, name, state, before);
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
async function enter(run: Run, name: string, state: State, data: Data): Promise<unknown> {
  if (state.Type === 'Fail') throw fail(state.Error ?? '', name);
  const context = {
    Execution: { Id: run.execution.arn },
    // How often it was retried is logged, and nothing else.
    State: { Name: name, EnteredTime: new Date(clock.now).toISOString(), RetryCount: 0 },
  };
  const payload = state.Parameters === undefined ? data : dataOf(fill(state.Parameters, data, context));
  let result: unknown = payload;
  if (state.Type === 'Task') result = await attempt(run, name, state, payload);
  if (state.Type === 'Map') result = await forEach(run, name, state, data, context);
  const { ResultPath, OutputPath = '$' } = state;
  if (ResultPath === null) result = data;
  else if (ResultPath !== undefined) result = { ...data, [ResultPath.slice(2)]: result };
  return at(OutputPath, result, context);
}

function forEach(run: Run, name: string, state: State, data: Data, context: Data): Promise<unknown[]> {
  const { ItemsPath = '', ItemSelector, ItemProcessor } = state;
  if (ItemProcessor === undefined) throw new Error(`${name} has no states`);
  const all = listOf(at(ItemsPath, data, context));
  // Smaller batches than the deployed ones: two of them have less to interleave.
  const { batchSize } = run.world.bounds;
  const items = name === 'ProcessBatches' ? all.flatMap((batch) => cut(listOf(batch), batchSize)) : all;
  const inputOf = (Value: unknown) => dataOf(fill(ItemSelector, data, { ...context, Map: { Item: { Value } } }));
  return Promise.all(items.map((item) => walk(run, ItemProcessor, inputOf(item))));
}

/** A task with its retriers, as far as the bounds let them. */
async function attempt(run: Run, name: string, { Resource = '', Retry = [] }: State, payload: Data): Promise<unknown> {
  for (let attempts = 1; ; attempts += 1) {
    assertRunning(run);
    const [settled] = await Promise.allSettled([invoke(run, name, Resource, payload)]);
    assertRunning(run);
    if (settled.status === 'fulfilled') return settled.value;
    const { name: error } = errorOf(settled.reason);
    const retrier = Retry.find(({ ErrorEquals: errors }) => errors.includes(error) || errors.includes('States.ALL'));
    if (attempts > Math.min(retrier?.MaxAttempts ?? 0, run.world.bounds.retries)) throw settled.reason;
  }
}

async function invoke({ world, execution }: Run, name: string, resource: string, payload: Data): Promise<unknown> {
  const { position } = payload;
  const id = `${execution.name}/${name}${field(payload.failure, 'position') ?? position ?? ''}`;
  if (resource.endsWith(':sns:publish')) {
    const [TopicArn, Subject, Message] = ['TopicArn', 'Subject', 'Message'].map((each) => text(payload, each));
    return world.send(id, new PublishCommand({ TopicArn, Subject, Message }), execution.arn);
  }
  if (!isLambda(resource)) throw new Error(`the explorer does not run ${resource}`);
  if (resource === 'generate-tasks') {
    if (world.isRefused(execution.name, Number(position))) throw fail('PermanentError', 'the AI refuses');
    const { retryCount: _logged, ...action } = payload;
    if (!world.bounds.generates) return { ...action, ...madeUp(execution.name) };
  }
  return world.invoke(id, resource, payload, execution.arn);
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

/** Runs one execution over the Lambdas' own code. */
export async function runMachine(world: World, execution: Execution): Promise<void> {
  try {
    await walk({ world, execution }, MACHINE, dataOf(JSON.parse(execution.input)));
    world.stepFunctions.end(execution, 'SUCCEEDED');
  } catch (thrown) {
    // One that was stopped has ended before, and stays as it is.
    const { name, message } = errorOf(thrown);
    world.stepFunctions.end(execution, 'FAILED', name, message);
  }
}
