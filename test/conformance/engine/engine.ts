import { DescribeExecutionCommand, type HistoryEvent, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { createEventBus } from '../../../local/aws/events/events.ts';
import type { StatusEvent } from '../../../local/aws/step-functions/index.ts';
import { startStack, terraformPath } from '../../../local/stack.ts';
import { readTerraform } from '../../../local/terraform/stack-description.ts';
import { AiScript } from '../../support/ai-script.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { tablesOf } from '../../support/stack/tables.ts';
import { until } from '../../support/until.ts';
import { Scripts, TIME_SCALE } from './scripts.ts';
import { sfnAt, startSecondEngine } from './second-engine.ts';

/** What is deployed, as it is synthesized. */
export const description = readTerraform(terraformPath('dev'));

/** The local stack, with its own engine or with the second one. */
export type Engine = Awaited<ReturnType<typeof start>>;

export type EngineName = 'local' | 'second';

const TOLD_LIMIT_MS = 180_000;

/** @param dataDir an empty folder */
async function start(name: EngineName, dataDir: string) {
  const ai = new AiScript();
  const scripts = new Scripts();
  const ended = new Set<string>();
  let snsUrl = '';
  const invoke = (functionName: string, payload: unknown) => stack.lambda.invoke(functionName, payload);
  const bus = createEventBus({
    rules: description.rules,
    timeScale: TIME_SCALE,
    invoke,
    onFailure: (functionName, error) => console.error(`${functionName}: ${error}`),
  });
  /** @param toRules the local stack's event bus, or ours */
  const deliver = async (event: StatusEvent, toRules: (event: StatusEvent) => Promise<void> = bus) => {
    await toRules(event);
    if (event.detail.status !== 'RUNNING') ended.add(event.detail.executionArn);
  };
  const second =
    name === 'local'
      ? undefined
      : await startSecondEngine({
          description,
          aroundTask: scripts.around,
          invoke,
          snsUrl: () => snsUrl,
          deliver,
        });
  const stack = await startStack({
    environment: { TIME_SCALE: String(TIME_SCALE), AI_LATENCY_MS: '30', DATA_DIR: dataDir },
    port: 0,
    quiet: true,
    inMemory: true,
    ai: ai.ai,
    aroundTask: scripts.around,
    proxy: async (service, url) => {
      if (service === 'sns') snsUrl = url;
      return service === 'states' ? (second?.url ?? url) : url;
    },
    deliver,
  });
  const client = sfnAt(second?.url ?? stack.awsUrl, description.region);
  return {
    stack,
    ai,
    scripts,
    db: tablesOf(stack),
    /** Undefined for the local engine. */
    second,
    describe: (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn })),
    async history(executionArn: string): Promise<HistoryEvent[]> {
      const found: HistoryEvent[] = [];
      for await (const { events = [] } of paginateGetExecutionHistory({ client, pageSize: 1000 }, { executionArn }))
        found.push(...events);
      return found;
    },
    /** Resolves once the execution's end has reached the event bus, and all that the bus calls has answered. */
    told: (executionArn: string) => until(() => ended.has(executionArn), `${executionArn} ends`, TOLD_LIMIT_MS),
    async close() {
      scripts.close();
      client.destroy();
      await stack.close();
      await second?.close();
    },
  };
}

/** An engine for the tests of one describe block. */
export function useEngine(name: EngineName): () => Engine {
  let engine: Engine | undefined;
  const dataDir = useDataDir(async () => engine?.close());
  before(async function () {
    this.timeout(120_000);
    engine = await start(name, dataDir());
  });
  return () => {
    if (engine === undefined) throw new Error('useEngine() belongs in a describe block');
    return engine;
  };
}
