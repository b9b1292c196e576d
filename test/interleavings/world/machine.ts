import { PublishCommand } from '@aws-sdk/client-sns';
import { START_AT, STATES, type State, type States } from '../model/states.ts';
import type { Execution } from '../model/step-functions.ts';
import { clock } from '../stand-ins/time.ts';
import { field, text } from './answer.ts';
import { isLambda } from './lambdas.ts';
import type { World } from './world.ts';

type Data = Readonly<Record<string, unknown>>;
type Task = Extract<State, { type: 'Task' }>;

/** Thrown in a branch of an execution that was ended from outside; its Lambdas go on. */
const STOPPED = Symbol('stopped');

/** What `Error` and `Cause` of a Catch say of an error that a Lambda threw. */
function errorOf(thrown: unknown): Data {
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { Error: name, Cause: JSON.stringify({ errorType: name, errorMessage: message }) };
}

const fail = (name: string, message: string) => Object.assign(new Error(message), { name });

/** What a state sends, where that is not all that it was given. */
const PARAMETERS: Readonly<Record<string, (data: Data, execution: Execution) => Data>> = {
  ValidateInput: (data, { arn }) => ({ executionArn: arn, ...data }),
  ActionFailed: ({ executionArn, actionId, position, error }) => ({
    executionArn,
    failure: { actionId, position, error },
  }),
  UpdateProgress: ({ executionArn }) => ({ executionArn }),
  AggregateResults: ({ executionArn, goalId, results }) => ({ executionArn, goalId, results }),
  HandleError: ({ error }, { arn }) => ({ executionArn: arn, error }),
};

/** What goes on from a state, where that is not its result. */
const OUTPUTS: Readonly<Record<string, (data: Data, result: unknown) => unknown>> = {
  ProcessBatches: (data, results) => ({ ...data, results }),
  ProcessActions: (data, results) => ({ ...data, results }),
  UpdateProgress: ({ results }) => results,
  ProgressUnknown: ({ results }) => results,
  ActionUnrecorded: ({ actionId, position, error }) => ({
    actionId,
    position,
    outcome: 'FAILED',
    taskCount: 0,
    failure: error,
  }),
};

const listIn = (data: Data, name: string): readonly unknown[] => {
  const found = data[name];
  if (!Array.isArray(found)) throw new Error(`${name} is no list`);
  return found;
};

const dataOf = (value: unknown): Data => ({ ...Object(value) });

/** The branches of a Map. */
function itemsOf(name: string, data: Data, batchSize: number): Data[] {
  const { executionArn, goalId } = data;
  if (name === 'ProcessBatches') {
    // Smaller batches than the deployed ones: two of them have less to interleave.
    const batches = listIn(data, 'batches').flatMap((batch) => cut(listIn({ batch }, 'batch'), batchSize));
    return batches.map((actions) => ({ executionArn, goalId, actions }));
  }
  const batchStartedAt = new Date(clock.now).toISOString();
  return listIn(data, 'actions').map((action) => ({
    executionArn,
    goalId,
    actionId: text(action, 'actionId'),
    position: field(action, 'position'),
    batchStartedAt,
  }));
}

const cut = (list: readonly unknown[], size: number) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));

/** Runs one execution over the Lambdas' own code. */
class Machine {
  readonly #world: World;
  readonly #execution: Execution;

  constructor(world: World, execution: Execution) {
    this.#world = world;
    this.#execution = execution;
  }

  async run(): Promise<void> {
    const { input } = this.#execution;
    const end = (status: 'SUCCEEDED' | 'FAILED', error?: string, cause?: string) =>
      this.#world.stepFunctions.end(this.#execution, status, error, cause);
    try {
      await this.#walk(STATES, START_AT, dataOf(JSON.parse(input)));
      end('SUCCEEDED');
    } catch (thrown) {
      if (thrown === STOPPED) return;
      const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
      end('FAILED', name, message);
    }
  }

  #check(): void {
    if (this.#execution.status !== 'RUNNING') throw STOPPED;
  }

  async #walk(states: States, first: string, input: Data): Promise<unknown> {
    let name: string | undefined = first;
    let data: Data = input;
    let output: unknown = input;
    while (name !== undefined) {
      const state: State | undefined = states[name];
      if (state === undefined) throw new Error(`no state ${name}`);
      try {
        output = await this.#enter(name, state, data);
        name = nextOf(state, data);
        data = dataOf(output);
      } catch (thrown) {
        if (thrown === STOPPED || !('catch' in state) || state.catch === undefined) throw thrown;
        data = { ...data, error: data.error ?? errorOf(thrown) };
        name = state.catch;
      }
    }
    return output;
  }

  async #enter(name: string, state: State, data: Data): Promise<unknown> {
    const { batchSize } = this.#world.bounds;
    switch (state.type) {
      case 'Task': {
        const result = await this.#attempt(name, state, PARAMETERS[name]?.(data, this.#execution) ?? data);
        return OUTPUTS[name]?.(data, result) ?? result;
      }
      case 'Map': {
        const items = itemsOf(name, data, batchSize);
        const results = await Promise.all(items.map((item) => this.#walk(state.states, state.startAt, item)));
        return OUTPUTS[name]?.(data, results) ?? results;
      }
      case 'Pass':
        return OUTPUTS[name]?.(data, undefined) ?? data;
      case 'Fail':
        throw fail(state.error, name);
      default:
        return data;
    }
  }

  /** A task with its retriers, as far as the bounds let them. */
  async #attempt(name: string, task: Task, payload: Data): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      this.#check();
      try {
        const result = await this.#call(name, task, payload);
        this.#check();
        return result;
      } catch (thrown) {
        this.#check();
        const { name: error } = thrown instanceof Error ? thrown : new Error();
        const retrier = task.retry.find(({ errors }) => errors.includes(error) || errors.includes('States.ALL'));
        if (attempt >= Math.min(retrier?.attempts ?? 0, this.#world.bounds.retries)) throw thrown;
      }
    }
  }

  #call(name: string, { calls }: Task, payload: Data): Promise<unknown> {
    const { name: execution, arn } = this.#execution;
    const { position } = payload;
    const id = `${execution}/${name}${field(payload.failure, 'position') ?? position ?? ''}`;
    if (!isLambda(calls)) return this.#publish(id, calls, payload);
    if (calls === 'generate-tasks') {
      if (this.#world.isRefused(execution, Number(position))) throw fail('PermanentError', 'the AI refuses');
      if (!this.#world.bounds.generates) return Promise.resolve({ ...payload, ...madeUp(execution) });
    }
    return this.#world.invoke(id, calls, payload, arn);
  }

  #publish(id: string, topic: string, { notification }: Data): Promise<unknown> {
    const [Message, Subject] = [text(notification, 'message'), text(notification, 'subject')];
    return this.#world.send(id, new PublishCommand({ TopicArn: topic, Subject, Message }), this.#execution.arn);
  }
}

const nextOf = (state: State, data: Data): string | undefined => {
  if (state.type === 'Choice') return state.next[text(data, 'next')] ?? state.otherwise;
  return 'next' in state ? state.next : undefined;
};

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
