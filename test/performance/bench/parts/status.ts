import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { localToken } from '@goal-activity/client/local-token.ts';
import { terraformPath } from '../../../../local/stack.ts';
import { readTerraform } from '../../../../local/terraform/stack-description.ts';
import { type Effort, type Figure, median, type Part, percentile } from '../figures.ts';
import { startBenchStack } from '../support/stack.ts';
import { timed } from '../support/timed.ts';
import { createGoal, press, run, signInTo, untilEnded } from '../support/user.ts';

const MUST_REACH = 3;
/** Answers of one measurement alone, and those before it that do not count. */
const ANSWERS = { thorough: 500, quick: 30, before: 100 } as const;
/** What runs while many ask. */
const CROWD = {
  thorough: { connections: 200, executions: 20, latencyMs: '500-1500' },
  quick: { connections: 10, executions: 2, latencyMs: '50-150' },
} as const;
/** How often somebody looks whether executions have ended, who is not measured. */
const LOOK_MS = 500;

/** Asks once. @returns the status code, or 200 of the raw reading */
type Ask = () => Promise<number>;

/** Asks for the status of an execution, as the page does, and reads the answer. */
function askStatus(url: string, token: string, agent: Agent, executionArn: string): Ask {
  const address = `${url}/api/workflows/${encodeURIComponent(executionArn)}/status`;
  const headers = { authorization: `Bearer ${token}` };
  return () =>
    new Promise((resolve, reject) => {
      get(address, { agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          JSON.parse(Buffer.concat(chunks).toString());
          resolve(response.statusCode ?? 0);
        });
      }).on('error', reject);
    });
}

/** The twin: the record of an execution and its outcomes, read at once by the SDK and not looked at. */
function askRaw(client: DynamoDBDocumentClient, TableName: string, executionArn: string): Ask {
  const record = new GetCommand({ TableName, Key: { executionArn, sk: 'EXECUTION' }, ConsistentRead: true });
  const outcomes = new QueryCommand({
    TableName,
    KeyConditionExpression: 'executionArn = :executionArn AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':executionArn': executionArn, ':prefix': 'ACTION#' },
    ConsistentRead: true,
  });
  return async () => {
    await Promise.all([client.send(record), client.send(outcomes)]);
    return 200;
  };
}

/** The database of a stack, of which its folder tells the process: where it listens is on its command line. */
function rawClient(dataDir: string, region: string): DynamoDBDocumentClient {
  const pid = readFileSync(join(dataDir, 'dynoxide.pid'), 'utf8').trim();
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const after = (option: string) => words[words.indexOf(option) + 1];
  const client = new DynamoDBClient({
    region,
    endpoint: `http://${after('--host')}:${after('--port')}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 2 * CROWD.thorough.connections } },
  });
  return DynamoDBDocumentClient.from(client);
}

/** Asks so many times, one after the other. @returns milliseconds of each */
async function alone(ask: Ask, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let asked = 0; asked < count; asked += 1) taken.push((await timed(ask)).ms);
  return taken;
}

/** Has every connection ask again as soon as it was answered, until a condition holds. @returns each answer with its milliseconds */
async function atOnce(asks: readonly Ask[], isOver: () => boolean) {
  const answers: { ms: number; result: number }[] = [];
  const connection = async (ask: Ask) => {
    while (!isOver()) answers.push(await timed(ask));
  };
  await Promise.all(asks.map(connection));
  return answers;
}

type Crowd = (typeof CROWD)['thorough' | 'quick'];

interface Stack {
  readonly url: string;
  readonly agent: Agent;
  readonly client: DynamoDBDocumentClient;
  readonly table: string;
}

/** @returns ratios and milliseconds of the answer and of its twin, by percentile */
const compare = (answer: readonly number[], raw: readonly number[]) =>
  ([0.5, 0.99] as const).map((share) => {
    const [answerMs, rawMs] = [percentile(answer, share), percentile(raw, share)];
    return { answerMs, rawMs, ratio: answerMs / rawMs };
  });

/** One user's run that has ended, read in turns by both. */
async function measureAlone({ url, agent, client, table }: Stack, { isQuick, times, progress }: Effort) {
  const api = await signInTo(url, 'alone');
  const { executionArn } = await run(api, await createGoal(api));
  const token = await localToken(url, 'alone');
  const [answer, raw] = [askStatus(url, token, agent, executionArn), askRaw(client, table, executionArn)];
  const count = isQuick ? ANSWERS.quick : ANSWERS.thorough;
  for (const ask of [answer, raw]) await alone(ask, Math.min(count, ANSWERS.before));
  const rounds = [];
  for (let time = 1; time <= times; time += 1) {
    progress(`alone: ${time} of ${times}`);
    rounds.push(compare(await alone(answer, count), await alone(raw, count)));
  }
  return rounds;
}

/** So many executions of as many users at a time, read over all connections until the last has ended: by the API, or raw. */
async function measureBusy(
  { url, agent, client, table }: Stack,
  kind: 'answer' | 'raw',
  { connections, executions }: Crowd,
) {
  const given = await Promise.all(
    Array.from({ length: executions }, async (_, index) => {
      const [api, token] = await Promise.all([signInTo(url, `${kind} ${index}`), localToken(url, `${kind} ${index}`)]);
      return { api, token, goalId: await createGoal(api) };
    }),
  );
  let running = given.length;
  const runs = await Promise.all(
    given.map(async ({ api, token, goalId }) => ({ api, token, executionArn: await press(api, goalId) })),
  );
  const ends = runs.map(async ({ api, executionArn }) => {
    await untilEnded(api, executionArn, LOOK_MS);
    running -= 1;
  });
  const asks = Array.from({ length: Math.ceil(connections / executions) }, () =>
    runs.map(({ token, executionArn }) =>
      kind === 'answer' ? askStatus(url, token, agent, executionArn) : askRaw(client, table, executionArn),
    ),
  )
    .flat()
    .slice(0, connections);
  const answers = await atOnce(asks, () => running === 0);
  await Promise.all(ends);
  return answers;
}

async function measure(stack: Stack, effort: Effort): Promise<Figure[]> {
  const rounds = await measureAlone(stack, effort);
  const figures = ['p50', 'p99'].map((name, index) => {
    const of = (read: (round: ReturnType<typeof compare>[number]) => number) =>
      median(rounds.flatMap((round) => round.slice(index, index + 1)).map(read));
    return {
      what: `status answer, alone, ${name}`,
      limit: `raw GetItem + Query: ${of(({ rawMs }) => rawMs).toFixed(1)} ms`,
      measured: `${of(({ answerMs }) => answerMs).toFixed(1)} ms`,
      value: of(({ ratio }) => ratio),
      mustReach: MUST_REACH,
      details: rounds.map((round) => round[index]),
    };
  });
  const crowd = CROWD[effort.isQuick ? 'quick' : 'thorough'];
  const busy = `${crowd.connections} connections while ${crowd.executions} executions run`;
  effort.progress(busy);
  const answers = await measureBusy(stack, 'answer', crowd);
  effort.progress(`${busy}, raw`);
  const raw = await measureBusy(stack, 'raw', crowd);
  const [p50, p99] = compare(
    answers.map(({ ms }) => ms),
    raw.map(({ ms }) => ms),
  );
  const byCode = Map.groupBy(answers, ({ result }) => result);
  const refused = answers.filter(({ result }) => result !== 200).length;
  return [
    ...figures,
    ...[p50, p99].flatMap((each, index) =>
      each === undefined
        ? []
        : [
            {
              what: `status answer, ${busy}, ${['p50', 'p99'][index]}`,
              limit: `raw, in the same way: ${each.rawMs.toFixed(0)} ms`,
              measured: `${each.answerMs.toFixed(0)} ms`,
              value: each.ratio,
              details: { answers: answers.length, raw: raw.length },
            },
          ],
    ),
    {
      what: `status answers other than 200, ${busy}`,
      limit: 'none',
      measured: `${refused} of ${answers.length}`,
      value: refused,
      mustReach: 0,
      details: Object.fromEntries([...byCode].map(([code, all]) => [code, all.length])),
    },
  ];
}

/**
 * The time of a status answer of an execution of 64 actions, from the request to the answer's last byte, parsed, against what
 * the SDK takes in one process for the same rows from the same database, alternating. Alone: one connection, an execution
 * that has ended. Then 200 connections, each asking again as soon as it was answered, while 20 executions run.
 */
export const status: Part = {
  name: 'status',
  async measure(effort) {
    const { latencyMs } = CROWD[effort.isQuick ? 'quick' : 'thorough'];
    await using stack = await startBenchStack({ AI_LATENCY_MS: latencyMs, MAX_RUNNING_EXECUTIONS: '100' });
    const { tables, region } = readTerraform(terraformPath('dev'));
    const table = tables.find(({ name }) => name.endsWith('executions'))?.name ?? '';
    const agent = new Agent({ keepAlive: true, maxSockets: CROWD.thorough.connections });
    const client = rawClient(stack.dataDir, region);
    try {
      return await measure({ url: stack.url, agent, client, table }, effort);
    } finally {
      agent.destroy();
      client.destroy();
    }
  },
};
