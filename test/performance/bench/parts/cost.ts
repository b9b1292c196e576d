import { bodyOf } from '@goal-activity/client/client.ts';
import { FUNCTION_OF_PLACEHOLDER } from '../../../../statemachine/definition.ts';
import type { Figure, Part } from '../figures.ts';
import { PRICES } from '../prices.ts';
import { type CountedRequest, startCountingProxy } from '../support/counting-proxy.ts';
import { startInProcess } from '../support/in-process.ts';
import { ACTIONS, createGoal, run, signInTo } from '../support/user.ts';

/** What this part counted at commit 1d35c71, before contexts were remembered: start, workflow and the end's event. */
const REQUESTS_BEFORE = 164;

/** An AI that takes longer costs more Lambda time: so much for each second that GenerateTasks waits. */
const LATENCY_MS = 1000;

/** What a run of 64 actions asks of AWS, and what AWS asks for it. Counts hardly differ from run to run: one is measured. */
export const cost: Part = {
  name: 'cost',
  async measure({ isQuick }) {
    const latencyMs = isQuick ? 10 : LATENCY_MS;
    let counted: CountedRequest[] = [];
    let memoryOf = (_stateName: string) => 0;
    let gigabyteSeconds = 0;
    let invocations = 0;
    const proxies: { close(): Promise<void> }[] = [];
    await using started = await startInProcess(
      { AI_LATENCY_MS: String(latencyMs) },
      {
        async proxy(service, url, lambdaName) {
          if (service !== 'dynamodb') return url;
          const proxy = await startCountingProxy(url, lambdaName, (request) => counted.push(request));
          proxies.push(proxy);
          return proxy.url;
        },
        async aroundTask({ stateName }, call) {
          const startedAt = performance.now();
          const answer = await call();
          gigabyteSeconds += (memoryOf(stateName) * (performance.now() - startedAt)) / 1000 / 1024;
          invocations += 1;
          return answer;
        },
      },
    );
    const { stack } = started;
    const functions = new Map(stack.description.functions.map(({ name, memoryMb }) => [name, memoryMb]));
    memoryOf = (stateName) => functions.get(Object(FUNCTION_OF_PLACEHOLDER)[stateName] ?? '') ?? 0;
    const api = await signInTo(stack.url, 'bench');
    const goalId = await createGoal(api);
    [counted, gigabyteSeconds, invocations] = [[], 0, 0];
    const { executionArn } = await run(api, goalId);
    const status = await bodyOf(
      api.GET('/api/workflows/{executionArn}/status', { params: { path: { executionArn } } }),
    );
    for (const proxy of proxies) await proxy.close();
    // The start is a transition of its own.
    const transitions = stack.stateEntries(executionArn) + 1;
    const usd = {
      ai: status.cost.estimatedUsd,
      transitions: transitions * PRICES.transition,
      lambda: gigabyteSeconds * PRICES.lambdaGigabyteSecond + invocations * PRICES.lambdaRequest,
      dynamoDb: dynamoDbUsd(counted),
    };
    return figuresOf(counted, transitions, usd);
  },
};

const unitsOf = (counted: readonly CountedRequest[], isWrite: boolean) =>
  counted.filter((each) => each.isWrite === isWrite).reduce((sum, { units }) => sum + units, 0);

const dynamoDbUsd = (counted: readonly CountedRequest[]) =>
  unitsOf(counted, false) * PRICES.dynamoDbReadUnit + unitsOf(counted, true) * PRICES.dynamoDbWriteUnit;

function figuresOf(counted: readonly CountedRequest[], transitions: number, usd: Record<string, number>): Figure[] {
  const by = Object.groupBy(counted, ({ lambdaName, operation }) => `${lambdaName} ${operation}`);
  const total = Object.values(usd).reduce((sum, each) => sum + each, 0);
  const shares = Object.entries(usd).map(([name, each]) => `${name} ${each.toFixed(4)}`);
  return [
    {
      what: `DynamoDB requests of a run of ${ACTIONS} actions`,
      limit: `${REQUESTS_BEFORE}: before contexts were remembered`,
      measured: `${counted.length} (${unitsOf(counted, false)} read units, ${unitsOf(counted, true)} write units)`,
      value: counted.length / REQUESTS_BEFORE,
      mustReach: 1 / 1.3,
      details: Object.fromEntries(Object.entries(by).map(([name, each]) => [name, each?.length])),
    },
    { what: 'State transitions', limit: '160', measured: String(transitions), value: transitions / 160, mustReach: 1 },
    {
      what: `Money a run, at ${LATENCY_MS / 1000} s an AI call`,
      limit: 'prices.ts',
      measured: `$${total.toFixed(4)} (${shares.join(', ')})`,
      value: total,
      details: usd,
    },
  ];
}
