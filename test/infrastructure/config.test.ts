import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig, realStages } from '../../modules/config.ts';
import { refuseEmulator } from '../../modules/emulator.ts';
import settings from '../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../modules/synth-error.ts';
import { NO_BOOTSTRAP, withProd } from './synthesized.ts';

const CERTIFICATE = '111122223333:certificate/11111111-2222-3333-4444-555555555555';
const domain = (region: string, changed: object = {}) => ({
  domainName: 'api.example.com',
  certificateArn: `arn:aws:acm:${region}:${CERTIFICATE}`,
  zoneId: 'Z0123456789ABC',
  ...changed,
});
const tokyo = (changed: object) => domain('ap-northeast-1', changed);
const PLAIN = 'amazon.nova-lite-v1:0';
const NOBODY = { issuer: undefined, audience: undefined };
/** Terraform would take it for an expression. */
const EXPRESSION = '${path.root}';

/** Values that a setting must not have, by what the message calls it. */
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  region: ['tokyo', 'us-gov-west-1'],
  account: ['12345', 123456789012],
  'tags.Owner': [
    { ...settings.prod.tags, Owner: '${path.root}' },
    { ...settings.prod.tags, Owner: '' },
  ],
  alertEmails: [[], ['a@example.com', 'a@example.com']],
  'alertEmails.0': [[`${EXPRESSION}@example.com`]],
  'alertEmails.1': [['on-call@example.com', 'nobody']],
  modelId: ['claude', 'global.anthropic.claude-haiku-4-5-20251001-v1:0'],
  previousModelIds: [settings.prod.modelId, [PLAIN, PLAIN], [settings.prod.modelId]],
  'previousModelIds.0': [['claude']],
  'modelRegions.0': [['tokyo']],
  usdPerMillionInputTokens: [-1],
  issuer: ['http://auth.example.com/'],
  'audience.0': [[EXPRESSION]],
  logRetentionDays: [31],
  apiRateLimit: [0, 10_001],
  stateBucket: ['Has_Capitals'],
  githubRepository: ['goal-activity', 'example/goal-activity@2', 'example/*'],
  permissionsBoundary: ['boundary', 'arn:aws:iam::111122223333:role/boundary'],
  monthlyBudgetUsd: [0, 1.5],
  concurrentRuns: [0, 401],
  archiveYears: [0, 31],
  'corsOrigins.0': [['*'], ['https://app.example.com/'], ['http://app.example.com']],
  'callbackUrls.0': [['https://app.example.com']],
  website: ['no'],
  runbookUrl: ['https://example.com/operations#alarms'],
  language: ['fr'],
  'domain.domainName': [tokyo({ domainName: 'API.example.com' }), tokyo({ domainName: 'localhost' })],
  'domain.certificateArn': [tokyo({ certificateArn: 'arn:aws:iam::111122223333:server-certificate/old' })],
  'domain.zoneId': [tokyo({ zoneId: 'example.com' })],
  'leaveOut.0': [['website']],
};

/** Settings of prod that do not go together, or are missing, or unknown, and what is said of them. */
const CONTRADICTIONS: readonly (readonly [change: Record<string, unknown>, message: string])[] = [
  [{ audience: undefined }, 'audience must be there too'],
  [{ issuer: undefined }, 'issuer must be there too'],
  [{ callbackUrls: ['https://a.example.com/'] }, 'callbackUrls must be left out'],
  [{ ...NOBODY, signIn: undefined, website: false }, 'callbackUrls must have an entry'],
  [{ domain: domain('us-east-1') }, 'domain.certificateArn must be of a certificate in ap-northeast-1'],
  [{ websiteDomain: domain('ap-northeast-1') }, 'websiteDomain.certificateArn must be of a certificate in us-east-1'],
  [{ website: false, signIn: undefined, websiteDomain: domain('us-east-1') }, 'websiteDomain must be left out'],
  [{ signIn: undefined }, 'signIn must be there'],
  [NOBODY, 'signIn must be left out'],
  [{ leaveOut: ['tracing'] }, 'leaveOut must be left out'],
  [{ modelId: PLAIN }, 'modelRegions must be ["ap-northeast-1"]'],
  [{ modelId: PLAIN, modelRegions: ['us-east-1'] }, 'modelRegions must be ["ap-northeast-1"]'],
  [{ stateBucket: undefined }, 'githubRepository must be left out'],
  [{ ...NO_BOOTSTRAP, monthlyBudgetUsd: 1 }, 'monthlyBudgetUsd must be left out'],
  [{ alertEmails: [...'abcdefghijk'].map((name) => `${name}@example.com`) }, 'alertEmails must be at most 10'],
  [{ stateBucket: settings.dev.stateBucket }, 'stateBucket must be another than that of dev'],
  [{ account: settings.dev.account }, 'githubProviderExists must be true: dev, of the same account'],
  [{ account: settings.dev.account }, 'monthlyBudgetUsd must be left out: the budget of dev'],
  [{ runbookUrl: undefined }, 'runbookUrl is missing'],
  [{ language: 'ja' }, 'runbookUrl must be that of docs/ja/operations.md'],
  [{ runbookUrl: 'https://a.example/docs/ja/operations.md' }, 'runbookUrl must be that of docs/operations.md'],
  [{ tags: { Owner: 'a' } }, 'tags.CostCenter is missing'],
  [{ tags: { ...settings.prod.tags, Stage: 'dev' } }, 'tags.Stage must have another name'],
  [{ logRetention: 7 }, 'logRetention is no known setting'],
];

describe('stage settings', () => {
  for (const [name, values] of Object.entries(WRONG)) {
    const [setting = ''] = name.split('.');
    for (const value of values) {
      it(`refuses ${setting} ${JSON.stringify(value)}, naming ${name}, even when another stage is asked for`, () => {
        const attempt = () => loadConfig('dev', withProd({ [setting]: value }));
        expect(attempt).to.throw(SynthError, new RegExp(`^modules/settings\\.json: prod\\.${name} must `));
      });
    }
  }

  for (const [change, message] of CONTRADICTIONS) {
    it(`says that ${message}, where the settings have other ${Object.keys(change).join(', ')}`, () => {
      expect(() => loadConfig('dev', withProd(change))).to.throw(SynthError, `modules/settings.json: prod.${message}`);
    });
  }

  it('takes the regions of an inference profile that only earlier versions call', () => {
    const model = { modelId: PLAIN, previousModelIds: [settings.prod.modelId] };
    expect(loadConfig('prod', withProd(model)).settings.modelRegions).to.deep.equal(settings.prod.modelRegions);
  });

  it('says of every wrong setting what it must be, and what it is', () => {
    const attempt = () => loadConfig('prod', withProd({ account: '1', alertEmails: ['nobody'] }));
    expect(attempt).to.throw(/prod\.account .*\n.*prod\.alertEmails\.0 must be an e-mail address, but is "nobody"$/);
  });

  it('refuses a name of a stage that makes names too long, or begins those of another stage', () => {
    for (const name of ['dev-2', 'Staging', 'bootstrap', 'a'.repeat(13), '']) {
      const attempt = () => loadConfig('dev', { ...settings, [name]: settings.dev });
      expect(attempt).to.throw(SynthError, `modules/settings.json: ${name} must have another name: 1 to 12 small`);
    }
    expect(() => realStages({})).to.throw(SynthError, 'modules/settings.json must be an object with one entry a stage');
  });

  it('takes for real every stage that is no emulator’s, in the order of the file', () => {
    const { stateBucket, githubRepository, monthlyBudgetUsd, ...plain } = settings.dev;
    const stages = { zeroth: plain, ...settings, second: settings.emulator, last: plain };
    expect(realStages(stages)).to.deep.equal(['zeroth', 'dev', 'prod', 'last']);
  });

  it('refuses a stage that is none, listing the stages, and ends main.ts with status 1 and that message alone', () => {
    const stages = Object.keys(settings).join(', ');
    const messageFor = (stage: string) => `STAGE is "${stage}", but must be one of: ${stages}`;
    for (const stage of ['', 'constructor']) expect(() => loadConfig(stage)).to.throw(SynthError, messageFor(stage));
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '..', '..', 'main.ts')], {
      env: { ...process.env, STAGE: 'nowhere' },
      encoding: 'utf8',
    });
    expect({ status, stderr }).to.deep.equal({ status: 1, stderr: `${messageFor('nowhere')}\n` });
  });

  it('refuses a stage of AWS where the environment sends calls of AWS elsewhere', () => {
    const refused = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'AWS_S3_ENDPOINT'];
    for (const name of refused)
      expect(() => refuseEmulator('dev', { [name]: 'http://localhost:4566' }), name).to.throw(
        SynthError,
        `dev is a stage of AWS, but ${name}=http://localhost:4566 would send its calls elsewhere. Run unset ${name} first`,
      );
    for (const name of ['AWS_EC2_METADATA_SERVICE_ENDPOINT', 'AWS_PROFILE'])
      expect(() => refuseEmulator('dev', { [name]: 'x', AWS_ENDPOINT_URL: '' }), name).not.to.throw();
    const main = join(import.meta.dirname, '..', '..', 'main.ts');
    // As cdktf-cli runs it, before it runs Terraform.
    const env = { ...process.env, AWS_ENDPOINT_URL: 'http://localhost:4566', CDKTF_OUTDIR: tmpdir(), STAGE: 'dev' };
    const { status, stderr } = spawnSync(process.execPath, [main], { env, encoding: 'utf8' });
    expect({ status, stderr: stderr.slice(0, 24) }).to.deep.equal({ status: 1, stderr: 'dev is a stage of AWS, b' });
  });
});
