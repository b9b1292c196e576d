import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { AwsError, type AwsService, jsonAnswer, jsonError } from '../../../local/aws/endpoint.ts';
import { loadConfig } from '../../../modules/config.ts';
import * as command from '../../../scripts/stage/aliases.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { awsAt } from '../../support/stack/aws-config.ts';
import { clientConfig, useEndpoints } from '../../support/stack/endpoints.ts';
import { runToEnd } from '../../support/stack/process.ts';

const { names } = loadConfig('dev');
const MACHINE = names.stateMachine.arn;
const [GOALS, START] = [names.functionName('goals'), names.functionName('start-workflow')];

/** An alias of a function as Lambda has it. */
interface Alias {
  FunctionVersion: string;
  RoutingConfig?: { AdditionalVersionWeights: Record<string, number> };
}

/** Lambda's REST-JSON and the JSON of Step Functions, as far as aliases are read and moved. */
class Stage {
  readonly aliases: Record<string, Alias> = {};
  routing: Record<string, number> | undefined;
  /** What was changed, in order. */
  readonly moved: string[] = [];
  /** How many calls are throttled from now on. */
  throttled = 0;
  /** Functions whose alias Lambda does not move. */
  readonly fixed = new Set<string>();

  readonly lambda: AwsService = {
    answer: ({ request: { method }, path, body }) => {
      if (this.throttled-- > 0) throw new AwsError(429, 'TooManyRequestsException', 'Rate exceeded');
      const name = /^\/2015-03-31\/functions\/([\w-]+)\/aliases\/live$/.exec(path)?.[1] ?? '';
      const alias = this.aliases[name];
      if (alias === undefined)
        throw new AwsError(404, 'ResourceNotFoundException', `Cannot find alias arn: ${name}:live`);
      if (method === 'PUT') {
        if (this.fixed.has(name))
          throw new AwsError(403, 'AccessDeniedException', 'not authorized to perform: lambda:UpdateAlias');
        const { RevisionId, ...change }: Alias & { RevisionId: string } = JSON.parse(body.toString());
        if (RevisionId !== this.#revision(alias))
          throw new AwsError(412, 'PreconditionFailedException', 'The RevisionId is another');
        this.aliases[name] = change;
        this.moved.push(name);
      }
      return jsonAnswer({ Name: 'live', ...this.aliases[name], RevisionId: this.#revision(alias) });
    },
    refuse: ({ status, name, message }) => ({
      status,
      headers: { 'x-amzn-errortype': name },
      body: JSON.stringify({ message }),
    }),
  };

  readonly states: AwsService = {
    answer: ({ request, body }) => {
      const input = JSON.parse(body.toString());
      if (this.routing === undefined || input.stateMachineAliasArn !== `${MACHINE}:live`)
        throw new AwsError(400, 'ResourceNotFound', 'Resource not found');
      if (String(request.headers['x-amz-target']).endsWith('.UpdateStateMachineAlias')) {
        const routes: { stateMachineVersionArn: string; weight: number }[] = input.routingConfiguration;
        this.routing = Object.fromEntries(
          routes.map(({ stateMachineVersionArn, weight }) => [stateMachineVersionArn, weight]),
        );
        this.moved.push('state machine');
        return jsonAnswer({ updateDate: 1 });
      }
      const routingConfiguration = Object.entries(this.routing).map(([stateMachineVersionArn, weight]) => ({
        stateMachineVersionArn,
        weight,
      }));
      return jsonAnswer({ stateMachineAliasArn: input.stateMachineAliasArn, name: 'live', routingConfiguration });
    },
    refuse: jsonError,
  };

  readonly #revision = (alias: Alias) => JSON.stringify(alias);
}

describe('make aliases', function () {
  this.timeout(300_000);
  const folder = useDataDir();
  const endpoints = useEndpoints();
  const stage = () => {
    const made = new Stage();
    made.aliases[GOALS] = { FunctionVersion: '7' };
    made.aliases[START] = { FunctionVersion: '3', RoutingConfig: { AdditionalVersionWeights: { 4: 0.1 } } };
    made.routing = { [`${MACHINE}:5`]: 90, [`${MACHINE}:6`]: 10 };
    return made;
  };
  async function aliases(of: Stage, environment: Record<string, string>) {
    const url = await endpoints.start({ lambda: of.lambda, states: of.states });
    const written: Record<'stdout' | 'stderr', string[]> = { stdout: [], stderr: [] };
    const stdout = { write: (text: string) => written.stdout.push(text) };
    const stderr = { write: (text: string) => written.stderr.push(text) };
    const { endpoint, credentials } = clientConfig(url);
    const code = await command.aliases(
      { STAGE: 'dev', ...environment },
      [],
      { stdout, stderr },
      { endpoint, credentials },
    );
    return { code, stdout: written.stdout.join(''), stderr: written.stderr.join('') };
  }
  const file = (name: string) => join(folder(), name);

  it('notes where each leads, also while two versions share the calls, and waits when AWS is throttling', async () => {
    const before = stage();
    before.throttled = 2;
    // As a person runs it, in a process of its own.
    const url = await endpoints.start({ lambda: before.lambda, states: before.states });
    const environment = { STAGE: 'dev', SAVE: file('noted.json'), RESTORE: '', ...awsAt(url, folder()) };
    const { code, stdout, stderr } = await runToEnd('scripts/stage/aliases.ts', environment);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.match(/noted\.json has the 3 aliases live of dev\n/);
    const { savedAt, ...saved } = JSON.parse(readFileSync(file('noted.json'), 'utf8'));
    expect(savedAt).to.match(/^\d{4}-.*Z$/);
    expect(saved).to.deep.equal({
      stage: 'dev',
      functions: { [GOALS]: { version: '7', others: {} }, [START]: { version: '3', others: { 4: 0.1 } } },
      stateMachine: { aliasArn: `${MACHINE}:live`, routing: before.routing },
    });
  });

  it('moves back exactly those that have moved since, the state machine first', async () => {
    const deployed = stage();
    await aliases(deployed, { SAVE: file('moved.json') });
    deployed.aliases[START] = { FunctionVersion: '5' };
    deployed.routing = { [`${MACHINE}:7`]: 100 };
    deployed.aliases[names.functionName('get-status')] = { FunctionVersion: '1' };
    const { code, stdout } = await aliases(deployed, { RESTORE: file('moved.json') });
    expect(stdout).to.contain(`${MACHINE}:live: from version 7 back to 5 and 6\n${START}: from version 5 back to 3\n`);
    expect(stdout).to.match(/^dev is as it was at 2.*: 2 aliases moved back$/m);
    expect(deployed.moved).to.deep.equal(['state machine', START]);
    expect(deployed.aliases).to.deep.include(stage().aliases);
    expect(deployed.routing).to.deep.equal(stage().routing);
    expect(code).to.equal(0);
    const again = await aliases(deployed, { RESTORE: file('moved.json') });
    expect(again.stdout).to.contain(': 0 aliases moved back');
    expect([again.code, deployed.moved.length]).to.deep.equal([0, 2]);
  });

  it('moves the others when one cannot be, names it, and ends with 1', async () => {
    const deployed = stage();
    await aliases(deployed, { SAVE: file('partly.json') });
    deployed.aliases[GOALS] = { FunctionVersion: '8' };
    deployed.aliases[START] = { FunctionVersion: '5' };
    deployed.fixed.add(GOALS);
    deployed.routing = undefined;
    const { code, stdout, stderr } = await aliases(deployed, { RESTORE: file('partly.json') });
    expect(stderr).to.contain(
      `${GOALS} was not moved back: AccessDeniedException: not authorized to perform: lambda:UpdateAlias.`,
    );
    expect(stderr).to.contain(
      `${MACHINE}:live was not moved back: MissingAlias: ${MACHINE}:live is not there any more.`,
    );
    expect(stdout).to.match(/dev is not wholly as it was at .*: 1 aliases moved back, 2 could not be$/m);
    expect([code, deployed.moved]).to.deep.equal([1, [START]]);
  });

  it('has nothing to note before the first deploy, nor to move back after it, and says so', async () => {
    const saved = await aliases(new Stage(), { SAVE: file('none.json') });
    expect(saved.stdout).to.contain('dev has no alias live yet, as before its first deploy');
    const deployed = stage();
    const restored = await aliases(deployed, { RESTORE: file('none.json') });
    expect(restored.stdout).to.contain(': 0 aliases moved back');
    expect([saved.code, restored.code, deployed.moved]).to.deep.equal([0, 0, []]);
  });

  it('refuses a file of another stage or of another kind, and a call that asks for nothing', async () => {
    writeFileSync(file('other.json'), JSON.stringify({ stage: 'prod', savedAt: '', functions: {} }));
    writeFileSync(file('wrong.json'), '{"stage":"dev","savedAt":"","functions":{"f":{"version":7}}}');
    for (const [environment, said] of [
      [{ RESTORE: file('other.json') }, /other\.json is of prod, and not of dev/],
      [{ RESTORE: file('wrong.json') }, /wrong\.json is no file that make aliases SAVE=/],
      [{ RESTORE: file('absent.json') }, /absent\.json cannot be read: ENOENT/],
      [{}, /^Say SAVE=<file> or RESTORE=<file>/],
      [{ SAVE: 'a', RESTORE: 'a' }, /^Say SAVE=<file> or RESTORE=<file>/],
    ] as const) {
      const { code, stderr } = await aliases(new Stage(), environment);
      expect(stderr).to.match(said);
      expect(code).to.equal(1);
    }
  });
});
