import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { nextLines, startEmulator } from '../../../local/emulator/emulator.ts';
import { TEXTS } from '../../../local/emulator/messages.ts';
import { refuseTaken } from '../../../local/emulator/ministack.ts';
import { listen } from '../../../local/http/server.ts';
import { EMULATOR_DEFAULTS } from '../../../modules/emulator.ts';
import { ROOT } from '../../documents.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { freePort } from '../../support/free-port.ts';
import { writePython } from '../../support/python.ts';
import { runToEnd } from '../../support/stack/process.ts';

const MINISTACK = join(import.meta.dirname, 'fake-ministack.ts');

/** @throws Error when somebody still has one of the ports */
async function expectFree(...ports: readonly number[]): Promise<void> {
  for (const port of ports) await refuseTaken(port);
}

describe('make emulator', function () {
  this.timeout(300_000);
  const folder = useDataDir();
  const open: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  /** Starts it with a Python whose MiniStack is a shell command. */
  async function start(environment: Record<string, string>, module = `exec '${process.execPath}' '${MINISTACK}'`) {
    const lines: string[] = [];
    const own = mkdtempSync(join(folder(), 'person-'));
    const PATH = environment.PATH ?? writePython(own, module);
    const person = { texts: TEXTS.en, tell: (line: string) => void lines.push(line), folder: own };
    const started = await startEmulator({ ...environment, PATH }, person);
    open.push(started.stop);
    return { ...started, lines, log: join(own, '.local', `emulator-${environment.PORT}.log`) };
  }

  it('starts MiniStack and the AI on this machine alone, says what to do next, and ends both with their functions', async () => {
    const [PORT, AI_PORT] = [await freePort(), await freePort()];
    const { lines, stop } = await start({ PORT, AI_PORT });
    const answer = await fetch(`http://127.0.0.1:${PORT}/`);
    const given: { environment: NodeJS.ProcessEnv; childPort: number } = Object(await answer.json());
    expect(given.environment).to.include({
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: PORT,
      MINISTACK_REGION: 'ap-northeast-1',
      MINISTACK_ACCOUNT_ID: '000000000000',
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
    });
    // Not what this machine has of AWS, and nothing below the repository, whose package.json is for modules.
    expect(Object.keys(given.environment).filter((name) => /^(AWS|NODE)_/.test(name))).to.deep.equal([]);
    expect(given.environment.TMPDIR).to.not.satisfy((path: string) => path.startsWith(ROOT));
    expect(given.environment.PATH).to.match(new RegExp(`^${join(process.execPath, '..')}:`));
    expect(lines.join('\n')).to.include(
      `export AWS_ENDPOINT_URL=http://localhost:${PORT} AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://127.0.0.1:${AI_PORT}\n` +
        '  make deploy STAGE=emulator AUTO_APPROVE=1\n  make smoke STAGE=emulator\n',
    );
    await stop();
    await expectFree(Number(PORT), Number(AI_PORT), given.childPort);
  });

  it('says which port is taken, before it installs anything', async () => {
    const server = createServer();
    const { port } = await listen(server, 0);
    open.push(() => server.close());
    const [taken, free] = [String(port), await freePort()];
    const said = async (environment: Record<string, string>) =>
      start({ ...environment, PATH: folder() }).then(
        () => '',
        (error: Error) => error.message,
      );
    expect(await said({ PORT: taken, AI_PORT: free })).to.match(
      /^Port \d+ is already in use\. .* make emulator PORT=\d+$/,
    );
    expect(await said({ PORT: free, AI_PORT: taken })).to.match(/make emulator AI_PORT=\d+$/);
    expect(await said({ PORT: '0' })).to.equal('PORT is 0; it must be a whole number from 1 to 65535');
    expect(await said({ PORT: free, AI_PORT: await freePort() })).to.match(/^Python 3\.11 or later/);
  });

  it('says what MiniStack wrote last, when it does not start or ends by itself', async () => {
    const ports = async () => ({ PORT: await freePort(), AI_PORT: await freePort() });
    const failing = await start(await ports(), 'echo one; echo no module named ministack >&2; exit 1').catch(String);
    expect(failing).to.equal('Error: MiniStack: no module named ministack');
    const running = await ports();
    const { lost, log } = await start(running);
    await fetch(`http://127.0.0.1:${running.PORT}/end`).catch(() => {});
    expect((await lost).message).to.equal('MiniStack: out of memory');
    expect(readFileSync(log, 'utf8')).to.include('out of memory');
  });

  it('ends when MiniStack has ended while it starts, and does not go on asking whether that is healthy', async () => {
    const options = {
      python: 'false',
      port: Number(await freePort()),
      region: '',
      account: '',
      logFile: join(folder(), 'log'),
    };
    const code = `import { startMiniStack } from './local/emulator/ministack.ts';
      await startMiniStack(${JSON.stringify(options)}).catch(({ message }) => console.log(message));`;
    const given = ['--input-type=module', '--eval', code];
    const { stdout } = await promisify(execFile)(process.execPath, given, { cwd: ROOT, timeout: 50_000 });
    expect(stdout).to.equal('MiniStack: it ended with 1\n');
  });

  it('needs no address in the environment where the ports are the usual ones', () => {
    expect(nextLines('emulator', EMULATOR_DEFAULTS)).to.deep.equal([
      'make deploy STAGE=emulator AUTO_APPROVE=1',
      'make smoke STAGE=emulator',
    ]);
  });

  for (const file of ['emulator', 'ai'])
    it(`explains ${file}.ts with --help, and refuses an option that it has not`, async () => {
      const { code, stdout } = await runToEnd(`local/emulator/${file}.ts`, { LANG: 'C.UTF-8' }, ['--help']);
      expect(code).to.equal(0);
      expect(stdout).to.include('AI_PORT=4700');
      expect(await runToEnd(`local/emulator/${file}.ts`, {}, ['--port'])).to.include({ code: 2 });
    });
});
