import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { findBinary } from '../../../local/aws/dynamodb/binary.ts';
import { type Dynoxide, startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { createClient, createTables } from '../../../local/aws/dynamodb/tables.ts';
import { failureOf } from '../../support/failure.ts';
import { until } from '../../support/until.ts';
import { THINGS } from './faults/testing.ts';

const ANY_ORIGIN = 'access-control-allow-origin';

async function put(url: string, id: string): Promise<void> {
  const client = createClient(url, 'eu-west-1');
  await createTables(client, [THINGS]);
  await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: 'things', Item: { id } }));
  client.destroy();
}

async function get(url: string, id: string): Promise<unknown> {
  const client = createClient(url, 'eu-west-1');
  const { Item } = await DynamoDBDocumentClient.from(client).send(new GetCommand({ TableName: 'things', Key: { id } }));
  client.destroy();
  return Item;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('startDynoxide', () => {
  let dataDir = '';
  const open: Dynoxide[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'goal-activity-dynoxide-'));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(options: Parameters<typeof startDynoxide>[0] = { dataDir }): Promise<Dynoxide> {
    const started = await startDynoxide(options);
    open.push(started);
    return started;
  }

  /** A program in place of dynoxide. */
  function fake(script: string): Record<string, string> {
    const path = join(dataDir, 'fake');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { DYNOXIDE_BINARY: path };
  }

  it('is closed while it starts again', async () => {
    const dynoxide = await start();
    const pid = dynoxide.pid();
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    await dynoxide.close();
    expect(isAlive(dynoxide.pid())).to.equal(false);
    await start();
  });

  // Elsewhere there is one address: local/features.md says what that leaves.
  if (process.platform === 'linux')
    it('is where no page looks for it, since it answers them all', async () => {
      const hosts = [];
      for (const { url } of [await start({}), await start({})]) {
        const { hostname, port } = new URL(url);
        hosts.push(hostname);
        expect((await failureOf(get(`http://127.0.0.1:${port}`, 'a'))).message).to.include('ECONNREFUSED');
        expect(
          (await fetch(url, { headers: { origin: 'https://evil.example.com' } })).headers.get(ANY_ORIGIN),
        ).to.equal('*');
      }
      expect(new Set(hosts).size).to.equal(2);
    });

  it('takes another port when somebody was faster, but does not try without end', async () => {
    const refuses = 'echo "error: port is already in use" >&2; exit 1';
    const tried = join(dataDir, 'tried');
    const environment = fake(
      `[ -e '${tried}' ] && exec '${findBinary(process.env)}' "$@"; echo "$*" > '${tried}'; ${refuses}`,
    );
    const { url, isUp } = await start({ environment });
    expect(await isUp()).to.equal(true);
    expect(readFileSync(tried, 'utf8'))
      .to.match(/--port \d+/)
      .and.not.include(`--port ${new URL(url).port} `);
    expect((await failureOf(startDynoxide({ environment: fake(refuses) }))).message).to.include('already in use');
  });

  it('refuses a folder that another process holds, by any of its names; ends with it, and leaves its data', async () => {
    const link = `${dataDir}-link`;
    symlinkSync(dataDir, link);
    const other = await otherStack(dataDir);
    try {
      await put(other.url, 'a');
      const failure = await failureOf(startDynoxide({ dataDir: link }));
      expect(failure).to.have.property('code', 'data_dir_in_use');
      expect(failure.message).to.include(`${realpathSync(dataDir)} is in use by another local stack`);
    } finally {
      rmSync(link);
      await other.kill();
    }
    await until(() => !isAlive(other.pid));
    expect(await get((await start()).url, 'a')).to.deep.equal({ id: 'a' });
  });
});

/** Runs startDynoxide in another process, which then waits. */
async function otherStack(dataDir: string) {
  const module = join(import.meta.dirname, '../../../local/aws/dynamodb/dynoxide.ts');
  const script = `
    const { startDynoxide } = await import(${JSON.stringify(module)});
    const { url, pid } = await startDynoxide({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(JSON.stringify({ url, pid: pid() }));
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line]: unknown[] = await once(createInterface({ input: child.stdout }), 'line');
  const { url, pid }: Record<string, unknown> = JSON.parse(String(line));
  return {
    url: String(url),
    pid: Number(pid),
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
