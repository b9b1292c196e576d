import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { findBinary } from '../../../local/aws/dynamodb/binary.ts';
import { type Dynoxide, startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { createClient, createTables } from '../../../local/aws/dynamodb/tables.ts';
import type { TableDescription } from '../../../local/terraform/stack-description.ts';
import { failureOf } from '../../support/failure.ts';

const table: TableDescription = {
  name: 'things',
  hashKey: 'id',
  rangeKey: undefined,
  attributes: [{ name: 'id', type: 'S' }],
  globalSecondaryIndexes: [],
  ttlAttribute: undefined,
};

async function put(url: string, id: string): Promise<void> {
  const client = createClient(url, 'eu-west-1');
  await createTables(client, [table]);
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

/** Resolves once a condition holds; mocha's time limit ends what never does. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
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

  it('keeps nothing without a folder, and ends when it is closed, once or twice', async () => {
    const first = await start({});
    await put(first.url, 'a');
    await first.close();
    await first.close();
    expect(isAlive(first.pid)).to.equal(false);
    const second = await start({});
    await put(second.url, 'b');
    expect(await get(second.url, 'a')).to.equal(undefined);
  });

  it('runs several at once, each on a port of its own', async () => {
    const all = await Promise.all([start({}), start({}), start({ dataDir })]);
    expect(new Set(all.map(({ port }) => port)).size).to.equal(3);
  });

  it('keeps what was written over a close and over a kill -9 of its own', async () => {
    const folder = join(dataDir, 'made', 'as needed');
    const first = await start({ dataDir: folder });
    await put(first.url, 'a');
    await first.close();
    const second = await start({ dataDir: folder });
    await put(second.url, 'b');
    process.kill(second.pid, 'SIGKILL');
    await second.close();
    const third = await start({ dataDir: folder });
    expect(await get(third.url, 'a')).to.deep.equal({ id: 'a' });
    expect(await get(third.url, 'b')).to.deep.equal({ id: 'b' });
  });

  it('starts again on the same data and port when it is killed, again and again', async () => {
    const ends: string[] = [];
    const dynoxide = await start({ dataDir, onRestart: (how) => ends.push(how) });
    await put(dynoxide.url, 'a');
    const pids = [dynoxide.pid];
    for (const id of ['b', 'c']) {
      process.kill(dynoxide.pid, 'SIGKILL');
      await dynoxide.isUp(); // as a caller that meets it on the way
      await until(async () => dynoxide.pid !== pids.at(-1) && (await dynoxide.isUp()));
      pids.push(dynoxide.pid);
      await put(dynoxide.url, id);
    }
    for (const id of ['a', 'b', 'c']) expect(await get(dynoxide.url, id)).to.deep.equal({ id });
    expect(ends).to.deep.equal(['signal SIGKILL', 'signal SIGKILL']);
    expect(new Set(pids).size).to.equal(3);
    await dynoxide.close();
    expect(pids.filter(isAlive)).to.deep.equal([]);
    await start();
  });

  it('is closed while it starts again', async () => {
    const dynoxide = await start();
    const { pid } = dynoxide;
    process.kill(pid, 'SIGKILL');
    await until(async () => !isAlive(pid));
    await dynoxide.close();
    expect(isAlive(dynoxide.pid)).to.equal(false);
    await start();
  });

  it('is lost when it is killed and its data was in memory', async () => {
    const dynoxide = await start({});
    process.kill(dynoxide.pid, 'SIGKILL');
    const failure = await dynoxide.lost;
    expect(failure).to.have.property('code', 'dynoxide_failed');
    expect(failure.message).to.equal(
      'dynoxide has ended (signal SIGKILL), and with it all data, which it had in memory',
    );
    expect(await dynoxide.isUp()).to.equal(false);
  });

  for (const [when, script, message] of [
    ['at its start', "echo 'no space left' >&2; exit 3", 'dynoxide ended at its start (exit code 3): no space left'],
    ['soon after it', '"$binary" "$@" & sleep 0.2; kill -9 $!; exit 4', 'exit code 4'],
  ] as const) {
    it(`is lost when it ends again and again, ${when}`, async () => {
      const started = join(dataDir, 'started');
      const environment = fake(
        `binary='${findBinary({ environment: process.env })}'\n` +
          `[ -e '${started}' ] && { ${script}; }; touch '${started}'; exec "$binary" "$@"`,
      );
      const dynoxide = await start({ dataDir, environment });
      process.kill(dynoxide.pid, 'SIGKILL');
      expect((await dynoxide.lost).message).to.equal(`dynoxide ended again and again, 10 times: ${message}`);
    });
  }

  it('says whether it answers', async () => {
    const dynoxide = await start({});
    expect(await dynoxide.isUp()).to.equal(true);
    process.kill(dynoxide.pid, 'SIGSTOP');
    expect(await dynoxide.isUp(100)).to.equal(false);
    process.kill(dynoxide.pid, 'SIGCONT');
    expect(await dynoxide.isUp()).to.equal(true);
  });

  it('refuses a folder that a stack holds, by any of its names, until that one closes', async () => {
    const link = `${dataDir}-link`;
    symlinkSync(dataDir, link);
    try {
      const first = await start();
      const failure = await failureOf(startDynoxide({ dataDir: link }));
      expect(failure).to.have.property('code', 'data_dir_in_use');
      expect(failure.message).to.include(`${realpathSync(dataDir)} is in use by another local stack`);
      await put(first.url, 'still answers');
      await first.close();
      await start({ dataDir: link });
    } finally {
      rmSync(link);
    }
  });

  describe('after a stack that another process ran', () => {
    /** Runs startDynoxide in another process, which writes an item and then waits. */
    async function otherStack() {
      const module = join(import.meta.dirname, '../../../local/aws/dynamodb/dynoxide.ts');
      const script = `
        const { startDynoxide } = await import(${JSON.stringify(module)});
        const { url, pid } = await startDynoxide({ dataDir: ${JSON.stringify(dataDir)} });
        console.log(JSON.stringify({ url, pid }));
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

    it('refuses its folder while it runs; once it was killed, ends its dynoxide and finds its data', async () => {
      const other = await otherStack();
      try {
        await put(other.url, 'a');
        expect(await failureOf(startDynoxide({ dataDir }))).to.have.property('code', 'data_dir_in_use');
      } finally {
        await other.kill();
      }
      expect(await get(other.url, 'a'), 'the dynoxide that was left').to.deep.equal({ id: 'a' });
      const next = await start();
      expect((await failureOf(get(other.url, 'a'))).message).to.include('ECONNREFUSED');
      expect(await get(next.url, 'a')).to.deep.equal({ id: 'a' });
    });

    it('does not touch a process that has the noted number but is no dynoxide on this database', async () => {
      const innocent = await start({});
      writeFileSync(join(dataDir, 'dynoxide.pid'), `${innocent.pid}\n`);
      await start();
      expect(await failureOf(get(innocent.url, 'a'))).to.have.property('name', 'ResourceNotFoundException');
    });

    for (const content of ['', 'none', '-1', '0', '999999999']) {
      it(`starts over a note of "${content}"`, async () => {
        writeFileSync(join(dataDir, 'dynoxide.pid'), content);
        await start();
      });
    }
  });

  it('rejects with what it wrote when it ends early, and leaves the folder free', async () => {
    const environment = fake('echo "the disk is full" >&2; exit 3');
    const failure = await failureOf(startDynoxide({ dataDir, environment }));
    expect(failure).to.have.property('code', 'dynoxide_failed');
    expect(failure.message).to.equal('dynoxide ended at its start (exit code 3): the disk is full');
    await start();
  });

  it('rejects with what it wrote when the database file is none', async () => {
    writeFileSync(join(dataDir, 'dynamodb.sqlite'), 'no database');
    expect((await failureOf(startDynoxide({ dataDir }))).message).to.include('not a valid SQLite database');
  });

  it('rejects when the program cannot be run', async () => {
    const environment = fake('');
    writeFileSync(environment.DYNOXIDE_BINARY ?? '', '#!/nowhere/sh\n');
    expect((await failureOf(startDynoxide({ environment }))).message).to.match(/^dynoxide ended at its start .*ENOENT/);
  });

  it('rejects and leaves no process when it does not answer in time', async () => {
    const pidFile = join(dataDir, 'pid');
    const environment = fake(`echo $$ > '${pidFile}'; echo waiting; exec sleep 60`);
    const failure = await failureOf(startDynoxide({ dataDir, environment, timeoutMs: 300 }));
    expect(failure.message).to.equal('dynoxide did not answer within 300 ms: waiting');
    expect(existsSync(join(dataDir, 'dynoxide.pid'))).to.equal(false);
    await start();
  });

  it('takes another port when somebody was faster', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const taken = typeof address === 'object' ? address?.port : undefined;
    try {
      const binary = findBinary({ environment: process.env });
      const once = join(dataDir, 'once');
      const environment = fake(
        `[ -e '${once}' ] && exec '${binary}' "$@"; touch '${once}'; exec '${binary}' serve --host 127.0.0.1 --port ${taken}`,
      );
      const started = await start({ environment });
      expect(started.port).not.to.equal(taken);
      await put(started.url, 'a');
    } finally {
      server.close();
    }
  });

  it('gives up when every port is taken', async () => {
    const environment = fake('echo "error: port 1 is already in use" >&2; exit 1');
    expect((await failureOf(startDynoxide({ environment }))).message).to.include('port 1 is already in use');
  });

  it('says how to get dynoxide when it is missing, before it takes the folder', async () => {
    const failure = await failureOf(startDynoxide({ dataDir, environment: { DYNOXIDE_BINARY: '/nowhere/dynoxide' } }));
    expect(failure).to.have.property('code', 'dynoxide_missing');
    expect(existsSync(join(dataDir, 'stack.lock'))).to.equal(false);
  });
});
