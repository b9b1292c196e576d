import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { findBinary } from '../../../local/aws/dynamodb/binary.ts';
import { type Dynoxide, startDynoxide } from '../../../local/aws/dynamodb/dynoxide.ts';
import { createClient, createTables } from '../../../local/aws/dynamodb/tables.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { failureOf } from '../../support/failure.ts';
import { runToEnd, useProcesses } from '../../support/stack/process.ts';
import { until } from '../../support/until.ts';
import { byTeam, PEOPLE } from './faults/testing.ts';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('startDynoxide', () => {
  const dataDir = useDataDir();
  const open: Dynoxide[] = [];
  afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

  async function start(options: Parameters<typeof startDynoxide>[0] = {}): Promise<Dynoxide> {
    const started = await startDynoxide(options);
    open.push(started);
    return started;
  }

  it('is closed while it starts again', async () => {
    const dynoxide = await start({ dataDir: dataDir() });
    const pid = dynoxide.pid();
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    await dynoxide.close();
    expect(isAlive(dynoxide.pid())).to.equal(false);
    await start({ dataDir: dataDir() });
  });

  // Elsewhere there is one address: local/features.md says what that leaves.
  if (process.platform === 'linux')
    it('is where no page looks for it, since it answers them all', async () => {
      const hosts = new Set<string>();
      for (const { url } of [await start(), await start()]) {
        const { hostname, port } = new URL(url);
        hosts.add(hostname);
        expect(await failureOf(fetch(`http://127.0.0.1:${port}`))).to.have.nested.property(
          'cause.code',
          'ECONNREFUSED',
        );
        const answer = await fetch(url, { headers: { origin: 'https://evil.example.com' } });
        expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
      }
      expect(hosts.size).to.equal(2);
    });

  it('takes another port when somebody was faster, but does not try without end', async () => {
    const fake = (script: string) => {
      const path = join(dataDir(), 'fake');
      writeFileSync(path, `#!/bin/sh\n${script}\n`);
      chmodSync(path, 0o755);
      return { environment: { DYNOXIDE_BINARY: path } };
    };
    const refuses = 'echo "error: port is already in use" >&2; exit 1';
    const tried = join(dataDir(), 'tried');
    const real = `[ -e '${tried}' ] && exec '${findBinary(process.env)}' "$@"`;
    const { url, isUp } = await start(fake(`${real}; echo "$*" > '${tried}'; ${refuses}`));
    expect(await isUp()).to.equal(true);
    expect(readFileSync(tried, 'utf8'))
      .to.match(/--port \d+/)
      .and.not.include(`--port ${new URL(url).port} `);
    expect((await failureOf(startDynoxide(fake(refuses)))).message).to.include('already in use');
  });

  it('leaves a table that was kept, and adds its new indexes with the rows that are there', async () => {
    const client = createClient((await start()).url, 'eu-west-1');
    const documents = DynamoDBDocumentClient.from(client);
    const attributes = PEOPLE.attributes.slice(0, 2);
    await createTables(client, [{ ...PEOPLE, globalSecondaryIndexes: [], attributes }]);
    const Item = { id: 'a', sk: 'PERSON', team: 'red', since: '2026' };
    await documents.send(new PutCommand({ TableName: 'people', Item }));
    await createTables(client, [PEOPLE]);
    expect((await documents.send(new QueryCommand(byTeam('red')))).Items).to.deep.equal([Item]);
    client.destroy();
  });
});

describe('a stack', function () {
  this.timeout(300_000);
  // With its waits scaled, it has the steps of a run ready from the start.
  const { start, dataDir } = useProcesses({ TIME_SCALE: '0.5' });

  it('refuses a folder that another one holds, by any of its names, and leaves no process behind when that gets kill -9', async () => {
    const { process: stack, end } = await start();
    const link = `${dataDir()}-link`;
    symlinkSync(dataDir(), link);
    const second = await runToEnd('local/main.ts', { PORT: '0', DATA_DIR: link, LANG: 'C.UTF-8' });
    rmSync(link);
    expect(second.code).to.equal(1);
    expect(second.stderr).to.include(`${realpathSync(dataDir())} is in use by another local stack`);
    const children = execFileSync('pgrep', ['-P', String(stack.pid)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(children.length, 'dynoxide and the steps of a run').to.be.above(9);
    await end('SIGKILL');
    await until(() => !children.map(Number).some(isAlive));
  });
});
