/** `make demo`: the sample goal from HTTP request to saved tasks, on a local stack that lives as long as the demo. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type ApiClient, bodyOf, createApiClient } from '@goal-activity/client/client.ts';
import { ApiError, ConnectionError, UnexpectedAnswer } from '@goal-activity/client/errors.ts';
import { localToken } from '@goal-activity/client/local-token.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { latencyRange } from '../aws/bedrock/settings.ts';
import { languageOf, type Messages, messagesIn } from './messages.ts';
import { createProgressPrinter, type TextOutput } from './progress-bar.ts';
import { sampleGoal } from './sample/sample.ts';
import { countResult, idealMs, renderSummary, succeeded } from './summary.ts';

const POLL_MS = 200;

type Environment = Readonly<Record<string, string | undefined>>;

/** What the demo needs of the local stack. */
export interface DemoStack {
  readonly url: string;
  /** `latencyMs` is how long an answer of the mock AI takes: `1000`, or a range such as `500-1500`. */
  readonly bedrock: { settings(): { readonly latencyMs: string } };
  /** States that an execution has entered so far. */
  stateEntries(executionArn: string): number;
  close(): Promise<void>;
}

export interface DemoOptions {
  readonly environment: Environment;
  readonly arguments: readonly string[];
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Aborted when the person wants to stop. */
  readonly signal: AbortSignal;
  readonly startStack: (options: { environment: Environment; port: number; quiet: boolean }) => Promise<DemoStack>;
}

/**
 * Runs the demo and cleans up whatever happens.
 * @returns the exit code: 0 when the run succeeded at least in part, 1 when it did not or something failed, 2 for an
 *   option that does not exist, 130 when it was stopped
 */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { environment, stdout, stderr, signal } = options;
  const messages = messagesIn(languageOf(environment));
  const [option] = options.arguments;
  if (option === '--help' || option === '-h') {
    stdout.write(`${messages.usage}\n`);
    return 0;
  }
  if (option !== undefined) {
    stderr.write(`${messages.unknownOption(option)}\n`);
    return 2;
  }
  try {
    return await withStack(options, messages);
  } catch (thrown) {
    if (signal.aborted) {
      stderr.write(`${messages.stopped}\n`);
      return 130;
    }
    stderr.write(`${messages.demoFailed(describe(thrown, messages))}\n`);
    return 1;
  }
}

/** Starts the stack with a database of its own, which is gone afterwards. */
async function withStack(options: DemoOptions, messages: Messages): Promise<number> {
  const human = options.environment.JSON === '1' ? options.stderr : options.stdout;
  const folder = await mkdtemp(join(tmpdir(), 'goal-activity-demo-'));
  let stack: DemoStack | undefined;
  try {
    human.write(`${messages.starting}\n`);
    const before = performance.now();
    stack = await options.startStack({
      environment: { ...options.environment, DATA_DIR: folder },
      port: 0,
      quiet: true,
    });
    options.signal.throwIfAborted();
    human.write(`${messages.ready(stack.url, performance.now() - before)}\n`);
    return await demonstrate(stack, options, messages, human);
  } finally {
    await stack?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function demonstrate(
  stack: DemoStack,
  { environment, stdout, signal }: DemoOptions,
  messages: Messages,
  human: TextOutput,
): Promise<number> {
  const token = await localToken(stack.url, 'demo', signal);
  const api = createApiClient({ baseUrl: stack.url, token: () => token });
  const body = sampleGoal(languageOf(environment), new Date());
  const goal = await bodyOf(api.POST('/api/goals', { body, signal }));
  const subGoals = new Set(goal.actions.map(({ subGoal }) => subGoal)).size;
  human.write(`${messages.goalCreated(goal.title, goal.actions.length, subGoals)}\n`);

  const startedAt = Date.now();
  const call = { params: { path: { goalId: goal.goalId } }, signal };
  const { executionArn } = await bodyOf(api.POST('/api/goals/{goalId}/start-activity', call));
  human.write(`${messages.started(executionArn)}\n\n`);
  const status = await follow(api, executionArn, messages, human, environment, signal);

  // What a person waits for: from pressing the button to the end that the execution's record names. The request itself
  // is in it, unlike in stopDate - startDate; the time until the next poll is not. Both come from this machine's clock.
  const elapsedMs = (status.stopDate === null ? Date.now() : Date.parse(status.stopDate)) - startedAt;
  const { tasks } = await bodyOf(api.GET('/api/goals/{goalId}/tasks', call));
  const latency = latencyRange(stack.bedrock.settings().latencyMs);
  const result = countResult(status, tasks, {
    elapsedMs,
    idealMs: idealMs(goal.actions.length, (latency.minimum + latency.maximum) / 2),
    stateEntries: stack.stateEntries(executionArn),
  });
  human.write(`${renderSummary(result, status, goal, tasks, messages).join('\n')}\n`);
  if (environment.JSON === '1') stdout.write(`${JSON.stringify(result)}\n`);
  return succeeded(result.status) ? 0 : 1;
}

/** Polls until the execution has ended, which it does by itself after 15 minutes (requirement 4), drawing its progress. */
async function follow(
  api: ApiClient,
  executionArn: string,
  messages: Messages,
  human: TextOutput,
  environment: Environment,
  signal: AbortSignal,
): Promise<ExecutionStatus> {
  const call = { params: { path: { executionArn } }, signal };
  const printer = createProgressPrinter(human, messages, environment.TERM);
  try {
    for (;;) {
      const status = await bodyOf(api.GET('/api/workflows/{executionArn}/status', call));
      printer.update({
        percentage: status.progressPercentage,
        processed: status.processedActions,
        total: status.totalActions,
        secondsRemaining: status.estimatedSecondsRemaining,
      });
      if (status.status !== 'RUNNING') return status;
      await setTimeout(POLL_MS, undefined, { signal });
    }
  } finally {
    printer.end();
  }
}

/** The stack's own errors (a missing binary, say) are written for people as well, and have a stable code. */
function describe(thrown: unknown, messages: Messages): string {
  if (thrown instanceof ApiError)
    return messages.answered(thrown.call, thrown.status, `${thrown.code}: ${thrown.detail}`);
  if (thrown instanceof UnexpectedAnswer) return messages.unexpectedAnswer(thrown.call);
  if (thrown instanceof ConnectionError) return messages.unreachable(thrown.call, reasonOf(thrown.cause));
  if (!(thrown instanceof Error)) return String(thrown);
  return 'code' in thrown && typeof thrown.code === 'string' ? `${thrown.message} (${thrown.code})` : thrown.message;
}

/** `fetch` hides the reason ("connect ECONNREFUSED ...") in the cause of a "fetch failed". */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error && thrown.cause.message ? thrown.cause.message : thrown.message;
}

async function main(): Promise<void> {
  const controller = new AbortController();
  const messages = messagesIn(languageOf(process.env));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait for the cleaning up.
      if (controller.signal.aborted) process.exit(130);
      process.stderr.write(`\n${messages.stopping}\n`);
      controller.abort();
    });
  }
  process.exitCode = await runDemo({
    environment: process.env,
    arguments: process.argv.slice(2),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: controller.signal,
    startStack: async (options) =>
      (await import('../stack.ts')).startStack({ ...options, warmUp: true, inMemory: true }),
  });
}

if (import.meta.main) await main();
