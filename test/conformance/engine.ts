import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
} from '@aws-sdk/client-sfn';
import type { Database } from '@goal-activity/core/database.ts';
import { createEventBus } from '../../local/events.ts';
import { type LocalStack, startStack, terraformPath } from '../../local/stack.ts';
import { statusEvent } from '../../local/step-functions/status-event.ts';
import { readTerraform } from '../../local/terraform.ts';
import { AiScript } from '../support/ai-script.ts';
import { tablesOf } from '../support/tables.ts';
import { Scripts, TIME_SCALE } from './scripts.ts';
import { type SecondEngine, startSecondEngine } from './second-engine.ts';

export const STAGE = 'dev';

/** The local stack, with its own engine or with the second one. */
export interface Engine {
  readonly name: 'local' | 'second';
  readonly stack: LocalStack;
  readonly ai: AiScript;
  readonly scripts: Scripts;
  readonly db: Database;
  describe(executionArn: string): Promise<DescribeExecutionCommandOutput>;
  history(executionArn: string): Promise<HistoryEvent[]>;
  /** Resolves once the execution's end has reached the event bus, and all that the bus calls has answered. */
  told(executionArn: string): Promise<void>;
  /** Of moto itself; undefined for the local engine. */
  readonly motoUrl: string | undefined;
  /** Of the second engine alone. */
  setDefinition(definition: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Nothing is redriven here. */
const ENDS = {
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  TIMED_OUT: 'TIMED_OUT',
  ABORTED: 'ABORTED',
  PENDING_REDRIVE: 'RUNNING',
} as const;

const TOLD_LIMIT_MS = 180_000;
const POLL_MS = 50;

/** @param dataDir an empty folder */
async function start(name: Engine['name'], dataDir: string): Promise<Engine> {
  const description = readTerraform(terraformPath(STAGE));
  const ai = new AiScript();
  const scripts = new Scripts();
  const told = new Set<string>();
  let second: SecondEngine | undefined;
  let snsUrl = '';

  /** What EventBridge would be told of an execution of the second engine. */
  async function watch(executionArn: string): Promise<void> {
    let end = await engine.describe(executionArn);
    while (end.status === 'RUNNING' || end.status === undefined) {
      await sleep(POLL_MS);
      end = await engine.describe(executionArn);
    }
    const { error, cause, output, input = '', name: executionName = '', startDate, stopDate } = end;
    const record = {
      ...{ executionArn, name: executionName, input, output, error, cause },
      ...{ sequence: 0, stateEntries: 0, stateMachineAliasArn: undefined },
      status: ENDS[end.status],
      startDate: Number(startDate),
      stopDate: Number(stopDate ?? Date.now()),
    };
    await bus(statusEvent(record, description.stateMachine.arn));
    told.add(executionArn);
  }

  if (name === 'second') {
    second = await startSecondEngine({
      description,
      timeScale: TIME_SCALE,
      call: (task, call, payload) => scripts.around(task, call, payload),
      invokeLambda: (functionArn, payload) => stack.lambda.invoke(functionArn, payload),
      snsUrl: () => snsUrl,
      onStart: (executionArn) => void watch(executionArn).catch((error: unknown) => console.error(error)),
    });
  }
  const statesUrl = second?.url;
  const stack: LocalStack = await startStack({
    environment: { TIME_SCALE: String(TIME_SCALE), AI_LATENCY_MS: '30', DATA_DIR: dataDir, STAGE },
    port: 0,
    quiet: true,
    inMemory: true,
    ai: ai.ai,
    aroundTask: (task, call, payload) => scripts.around(task, call, payload),
    through: async (service, url) => {
      if (service === 'sns') snsUrl = url;
      return service === 'states' ? (statesUrl ?? url) : url;
    },
    deliver: async (event, toBus) => {
      await toBus(event);
      if (event.detail.status !== 'RUNNING') told.add(event.detail.executionArn);
    },
  });
  const bus = createEventBus({
    rules: description.rules,
    timeScale: TIME_SCALE,
    invoke: (functionName, event) => stack.lambda.invoke(functionName, event),
    onFailure: (functionName, error) => console.error(`${functionName}: ${error}`),
  });
  const client = new SFNClient({
    endpoint: statesUrl ?? stack.stepFunctions.url,
    region: description.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const engine: Engine = {
    name,
    stack,
    ai,
    scripts,
    db: tablesOf(stack),
    motoUrl: second?.motoUrl,
    describe: (executionArn) => client.send(new DescribeExecutionCommand({ executionArn })),
    async history(executionArn) {
      const events: HistoryEvent[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }));
        events.push(...(page.events ?? []));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return events;
    },
    async told(executionArn) {
      const giveUpAt = performance.now() + TOLD_LIMIT_MS;
      while (!told.has(executionArn)) {
        if (performance.now() > giveUpAt) throw new Error(`${executionArn} does not end`);
        await sleep(POLL_MS);
      }
    },
    async setDefinition(definition) {
      if (second === undefined) throw new Error('the local engine runs what is synthesized');
      await second.setDefinition(definition);
    },
    async close() {
      scripts.close();
      client.destroy();
      await stack.close();
      await second?.close();
    },
  };
  return engine;
}

/** An engine for the tests of one describe block. */
export function useEngine(name: Engine['name']): () => Engine {
  let engine: Engine | undefined;
  let dataDir = '';
  before(async function () {
    this.timeout(120_000);
    dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-conformance-'));
    engine = await start(name, dataDir);
  });
  after(async function () {
    this.timeout(60_000);
    await engine?.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  });
  return () => {
    if (engine === undefined) throw new Error('useEngine() belongs in a describe block');
    return engine;
  };
}
