import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { AwsError, type AwsServices } from '../../../local/aws/endpoint.ts';
import { startServer } from '../../../local/http/server.ts';
import { loadConfig } from '../../../modules/config.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { awsAt } from '../../support/stack/aws-config.ts';
import { useEndpoints } from '../../support/stack/endpoints.ts';
import { runToEnd } from '../../support/stack/process.ts';
import { signIn } from '../../support/stack/stack.ts';
import { createAlarms, createTopic, createUserPool } from './stage-aws.ts';

const { names, prefix } = loadConfig('dev');
const OTHERS = { URL: '', TOKEN: '', OTHER_TOKEN: '', WAIT: '', ALARM: '', JSON: '', AWS_ENDPOINT_URL: '' };

/** What it does to a deployed stage: its API is that of a local stack, and its AWS small servers. */
export function describeStage(stack: () => { readonly url: string }): void {
  describe('of a deployed stage', () => {
    const folder = useDataDir();
    const endpoints = useEndpoints();

    /** Asks about a stage with these outputs, on an AWS of these services. */
    async function smoke(
      outputs: Record<string, string>,
      services: AwsServices,
      environment: Record<string, string> = {},
    ) {
      const stage = environment.STAGE ?? 'dev';
      mkdirSync(join(folder(), 'stacks', `goal-activity-${stage}`), { recursive: true });
      writeFileSync(join(folder(), 'stacks', `goal-activity-${stage}`, 'cdk.tf.json'), '{}');
      const all = Object.entries({ apiUrl: `${stack().url}/`, ...outputs }).map(([name, value]) => [name, { value }]);
      const tool = join(folder(), 'terraform-of-test');
      writeFileSync(tool, `#!/bin/sh\necho '${JSON.stringify(Object.fromEntries(all))}'\n`, { mode: 0o755 });
      const url = await endpoints.start(services);
      return runToEnd('scripts/smoke/smoke.ts', {
        ...{ ...OTHERS, STAGE: stage, ACTIONS: '1', CDKTF_OUTDIR: folder(), TERRAFORM_BINARY_NAME: tool, TOOL: '' },
        ...{ ...awsAt(url, folder()), AWS_MAX_ATTEMPTS: '1' },
        ...environment,
        ...(stage === 'emulator' ? { AWS_ENDPOINT_URL: url.replace('127.0.0.1', 'localhost') } : {}),
      });
    }
    const tokenOf = async (sub: string) => (await signIn(stack().url, sub)).token;
    const pool = () => createUserPool('pool-1', 'operators-1', tokenOf);
    const POOL = { userPoolId: 'pool-1', userPoolClientId: 'operators-1' };
    const alarms = (failure?: string) =>
      createAlarms(names.alerts.arn, [`${prefix}-failure-rate`, `${prefix}-ai-latency`, 'of-others'], failure);

    it('makes two people for the time of the test, and sets the alarm of the lowest priority', async () => {
      const [people, { service: monitoring, set }] = [pool(), alarms()];
      const sns = createTopic(['on-call@example.com'], ['new@example.com']);
      const { code, stdout, stderr } = await smoke(POOL, { 'cognito-idp': people.service, monitoring, sns });
      expect(stdout, stderr).to.contain('as two temporary persons of the user pool pool-1');
      expect(stdout).to.contain("404 for somebody else's id");
      expect(stdout).to.contain(
        `✔ ${prefix}-ai-latency was in ALARM, told its topic, and is OK again. A mail should be with on-call@example.com now. Not confirmed: new@example.com`,
      );
      expect(set).to.deep.equal([`${prefix}-ai-latency ALARM`, `${prefix}-ai-latency OK`]);
      expect([people.made(), people.people.size]).to.deep.equal([2, 0]);
      expect(code).to.equal(0);
    });

    it('finds an alarm that can tell nobody, and sets it back', async () => {
      const [people, { service: monitoring, set }] = [pool(), alarms('no access to the key of the topic')];
      const { code, stdout } = await smoke(POOL, {
        'cognito-idp': people.service,
        monitoring,
        sns: createTopic([], []),
      });
      expect(stdout).to.match(
        /✘ The alarm \S+-ai-latency was set, but could tell nobody: Failed to .*no access to the key/,
      );
      expect(set.at(-1)).to.equal(`${prefix}-ai-latency OK`);
      expect(people.people.size).to.equal(0);
      expect(code).to.equal(1);
    });

    it('finds a stage whose alarms are gone, and leaves them alone when asked to', async () => {
      const none = { monitoring: createAlarms(names.alerts.arn, []).service, sns: createTopic([], []) };
      const gone = await smoke(POOL, { 'cognito-idp': pool().service, ...none });
      expect(gone.stdout).to.match(
        /✘ Of 0 alarms that begin with goal-activity-dev-, none is without alarm and tells arn:/,
      );
      const { code, stdout } = await smoke(POOL, { 'cognito-idp': pool().service, ...none }, { ALARM: '0' });
      expect(stdout).to.contain('- no alarm was set: ALARM=0');
      expect([gone.code, code]).to.deep.equal([1, 0]);
    });

    it('tries an emulator without alarms, at the address of all of its services', async () => {
      const { code, stdout, stderr } = await smoke(POOL, { 'cognito-idp': pool().service }, { STAGE: 'emulator' });
      expect(stdout, stderr).to.contain('- no alarm was set: emulator has none');
      expect(code).to.equal(0);
    });

    it('gets the token of a client where the issuer is another, as it describes itself', async () => {
      const asked: string[] = [];
      const issuer = await startServer((request, response) => {
        void text(request).then(async (body) => {
          asked.push(`${request.url} ${request.headers.authorization ?? ''} ${body}`);
          const answer =
            request.method === 'GET'
              ? { token_endpoint: `${issuer.url}/tokens` }
              : { access_token: await tokenOf('client') };
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        });
      });
      endpoints.onClose(issuer.close);
      const outputs = { tokenIssuer: `${issuer.url}/`, tokenAudience: 'goal-activity-dev other' };
      const client = { SMOKE_CLIENT_ID: 'smoke', SMOKE_CLIENT_SECRET: 'a:b', ALARM: '0' };
      const { code, stdout, stderr } = await smoke(outputs, {}, client);
      expect(stdout, stderr).to.contain('404 for an id that nobody has, since nobody else could be signed in');
      expect(code).to.equal(0);
      const basic = `Basic ${Buffer.from('smoke:a%3Ab').toString('base64')}`;
      expect(asked).to.deep.equal([
        '/.well-known/openid-configuration  ',
        `/tokens ${basic} grant_type=client_credentials&audience=goal-activity-dev`,
      ]);
    });

    it('ends with 2 when nobody can sign in, and leaves nobody behind', async () => {
      const people = pool();
      const denied = new AwsError(
        400,
        'AccessDeniedException',
        'not authorized to perform: cognito-idp:AdminInitiateAuth',
      );
      const refusing = {
        ...people.service,
        answer: (call: Parameters<typeof people.service.answer>[0]) => {
          if (String(call.request.headers['x-amz-target']).endsWith('AdminInitiateAuth')) throw denied;
          return people.service.answer(call);
        },
      };
      const issuer = { tokenIssuer: 'http://127.0.0.1:9', tokenAudience: 'a' };
      const client = { SMOKE_CLIENT_ID: 'smoke', SMOKE_CLIENT_SECRET: 'secret' };
      for (const [result, said] of [
        [
          await smoke(POOL, { 'cognito-idp': refusing }),
          /^Nobody could sign in to the user pool pool-1: AccessDeniedException: not auth/,
        ],
        [
          await smoke(issuer, {}),
          /^dev takes tokens of http:\/\/127.0.0.1:9: give one as TOKEN, or a client's SMOKE_CLIENT_ID and/,
        ],
        [
          await smoke(issuer, {}, client),
          /^http:\/\/127\.0\.0\.1:9\/\.well-known\/openid-configuration was not answered: /,
        ],
        [
          await smoke({ userPoolId: 'pool-1' }, {}),
          /^dev has no output userPoolClientId: it was deployed by another version/,
        ],
      ] as const) {
        expect(result.stderr).to.match(said);
        expect(result.code).to.equal(2);
      }
      expect([people.made(), people.people.size]).to.deep.equal([1, 0]);
    });
  });
}
