import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../modules/config.ts';
import settings from '../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../modules/synth-error.ts';
import { reference, withProd } from './synthesized.ts';

const CERTIFICATE = 'certificate/11111111-2222-3333-4444-555555555555';
const DOMAIN = {
  domainName: 'api.example.com',
  certificateArn: `arn:aws:acm:ap-northeast-1:111122223333:${CERTIFICATE}`,
  zoneId: 'Z0123456789ABC',
};

describe('stage settings', () => {
  it('gives each stage its prefix and its own settings', () => {
    expect(loadConfig('dev').prefix).to.equal('goal-activity-dev');
    expect(loadConfig('prod').settings.account).to.equal(settings.prod.account);
  });

  const wrong: [setting: string, value: unknown][] = [
    ['region', 'tokyo'],
    ['region', 'us-gov-west-1'],
    ['account', '12345'],
    ['account', 123456789012],
    ['alertEmails', []],
    ['alertEmails', [`${reference('path.root')}@example.com`]],
    ['alertEmails', ['a@example.com', 'a@example.com']],
    ['modelId', 'claude'],
    ['modelId', 'global.anthropic.claude-haiku-4-5-20251001-v1:0'],
    ['previousModelIds', 'jp.anthropic.claude-haiku-4-5-20251001-v1:0'],
    ['modelRegions', []],
    ['modelRegions', ['tokyo']],
    ['usdPerMillionInputTokens', -1],
    ['usdPerMillionOutputTokens', '5'],
    ['issuer', 'http://auth.example.com/'],
    ['audience', []],
    ['audience', [reference('path.root')]],
    ['logRetentionDays', 31],
    ['deletionProtection', 'yes'],
    ['apiRateLimit', 0],
    ['apiBurstLimit', 5_001],
    ['stateBucket', 'Has_Capitals'],
    ['concurrentRuns', 0],
    ['concurrentRuns', 401],
    ['archiveYears', 0],
    ['archiveYears', 31],
    ['corsOrigins', ['*']],
    ['corsOrigins', ['https://app.example.com/']],
    ['corsOrigins', ['http://app.example.com']],
    ['callbackUrls', ['https://app.example.com']],
    ['website', 'no'],
    ['runbookUrl', 'https://example.com/operations#alarms'],
    ['domain', 'api.example.com'],
    ['signIn', 'auth.example.com'],
    ['leaveOut', ['website']],
  ];
  for (const [setting, value] of wrong) {
    it(`refuses ${setting} ${JSON.stringify(value)}, naming it, even when another stage is asked for`, () => {
      const named = new RegExp(`^modules/settings\\.json: prod\\.${setting}(\\.0)? must be `);
      expect(() => loadConfig('dev', withProd({ [setting]: value }))).to.throw(SynthError, named);
    });
  }

  const wrongDomains: [setting: string, value: unknown][] = [
    ['domainName', 'API.example.com'],
    ['domainName', 'localhost'],
    ['certificateArn', 'arn:aws:iam::111122223333:server-certificate/old'],
    ['zoneId', 'example.com'],
  ];
  for (const [setting, value] of wrongDomains) {
    it(`refuses a domain whose ${setting} is ${JSON.stringify(value)}, naming it`, () => {
      const attempt = () => loadConfig('prod', withProd({ domain: { ...DOMAIN, [setting]: value } }));
      expect(attempt).to.throw(SynthError, `modules/settings.json: prod.domain.${setting} must be `);
    });
  }

  const contradictions: [rule: string, change: Record<string, unknown>, message: string][] = [
    ['an issuer without an audience', { audience: undefined }, 'prod.audience must be there too'],
    ['an audience without an issuer', { issuer: undefined }, 'prod.issuer must be there too'],
    [
      'callback URLs for an issuer that is not ours',
      { callbackUrls: ['https://app.example.com/'] },
      'prod.callbackUrls must be left out',
    ],
    [
      'a user pool that knows no page',
      { issuer: undefined, audience: undefined, signIn: undefined, website: false },
      'prod.callbackUrls must have an entry',
    ],
    [
      'a certificate of another region for the API',
      { domain: { ...DOMAIN, certificateArn: `arn:aws:acm:us-east-1:111122223333:${CERTIFICATE}` } },
      'prod.domain.certificateArn must be of a certificate in ap-northeast-1',
    ],
    [
      'a certificate of another region than CloudFront’s for the page',
      { websiteDomain: DOMAIN },
      'prod.websiteDomain.certificateArn must be of a certificate in us-east-1',
    ],
    [
      'a domain of a page that there is not',
      {
        website: false,
        signIn: undefined,
        websiteDomain: { ...DOMAIN, certificateArn: `arn:aws:acm:us-east-1:111122223333:${CERTIFICATE}` },
      },
      'prod.websiteDomain must be left out',
    ],
    ['a page that cannot sign people in', { signIn: undefined }, 'prod.signIn must be there'],
    [
      'a sign-in beside the one of a user pool',
      { issuer: undefined, audience: undefined },
      'prod.signIn must be left out',
    ],
    ['parts left out in AWS', { leaveOut: ['tracing'] }, 'prod.leaveOut must be left out'],
  ];
  for (const [rule, change, message] of contradictions) {
    it(`refuses ${rule}`, () => {
      expect(() => loadConfig('dev', withProd(change))).to.throw(SynthError, `modules/settings.json: ${message}`);
    });
  }

  it('refuses a previous model that is none, or is called by the newest version too', () => {
    const attempt = (previousModelIds: unknown) => () => loadConfig('dev', withProd({ previousModelIds }));
    expect(attempt(['claude'])).to.throw(SynthError, 'prod.previousModelIds.0 must be a Bedrock model id');
    expect(attempt([settings.prod.modelId])).to.throw(SynthError, 'prod.previousModelIds must not hold the modelId');
    expect(attempt(['amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'])).to.throw(
      SynthError,
      'prod.previousModelIds must be',
    );
    expect(attempt([])).to.not.throw();
  });

  it('takes the regions of an inference profile that only earlier versions call', () => {
    const model = { modelId: 'amazon.nova-lite-v1:0', previousModelIds: [settings.prod.modelId] };
    expect(loadConfig('prod', withProd(model)).settings.modelRegions).to.deep.equal(settings.prod.modelRegions);
  });

  it('names the entry of a list that is wrong, and says what it must be', () => {
    const attempt = () => loadConfig('prod', withProd({ alertEmails: ['on-call@example.com', 'nobody'] }));
    expect(attempt).to.throw('prod.alertEmails.1 must be an e-mail address, but is "nobody"');
  });

  it('names every wrong setting at once', () => {
    const attempt = () => loadConfig('prod', withProd({ account: '1', logRetentionDays: 0 }));
    expect(attempt).to.throw(/prod\.account.*\n.*prod\.logRetentionDays/);
  });

  it('names a setting that is missing', () => {
    const attempt = () => loadConfig('dev', withProd({ runbookUrl: undefined }));
    expect(attempt).to.throw(SynthError, 'prod.runbookUrl is missing');
  });

  it('names a setting that it does not know', () => {
    expect(() => loadConfig('dev', withProd({ logRetention: 7 }))).to.throw(
      SynthError,
      'prod.logRetention is no known setting',
    );
  });

  for (const modelRegions of [['ap-northeast-1', 'ap-northeast-3'], ['us-east-1']]) {
    it(`refuses ${modelRegions} for a model that is no inference profile`, () => {
      const model = { modelId: 'amazon.nova-lite-v1:0', modelRegions };
      expect(() => loadConfig('prod', withProd(model))).to.throw(
        SynthError,
        'prod.modelRegions must be ["ap-northeast-1"]',
      );
    });
  }

  for (const stage of ['staging', '', 'constructor']) {
    it(`refuses the stage "${stage}", listing the stages`, () => {
      expect(() => loadConfig(stage)).to.throw(
        SynthError,
        `STAGE is "${stage}", but must be one of: dev, prod, emulator`,
      );
    });
  }

  it('ends main.ts with status 1 and that message alone', () => {
    const root = join(import.meta.dirname, '..', '..');
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'main.ts')], {
      env: { ...process.env, STAGE: 'staging' },
      encoding: 'utf8',
    });
    expect({ status, stderr }).to.deep.equal({
      status: 1,
      stderr: 'STAGE is "staging", but must be one of: dev, prod, emulator\n',
    });
  });
});
