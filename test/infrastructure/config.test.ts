import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../modules/config.ts';
import settings from '../../modules/settings.json' with { type: 'json' };
import { SynthError } from '../../modules/synth-error.ts';
import { reference } from './synthesized.ts';

const withProd = (change: Record<string, unknown>) => ({ ...settings, prod: { ...settings.prod, ...change } });

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
  ];
  for (const [setting, value] of wrong) {
    it(`refuses ${setting} ${JSON.stringify(value)}, naming it, even when another stage is asked for`, () => {
      const named = new RegExp(`^modules/settings\\.json: prod\\.${setting}(\\.0)? must be `);
      expect(() => loadConfig('dev', withProd({ [setting]: value }))).to.throw(SynthError, named);
    });
  }

  it('names the entry of a list that is wrong, and says what it must be', () => {
    const attempt = () => loadConfig('prod', withProd({ alertEmails: ['on-call@example.com', 'nobody'] }));
    expect(attempt).to.throw('prod.alertEmails.1 must be an e-mail address, but is "nobody"');
  });

  it('names every wrong setting at once', () => {
    const attempt = () => loadConfig('prod', withProd({ account: '1', logRetentionDays: 0 }));
    expect(attempt).to.throw(/prod\.account.*\n.*prod\.logRetentionDays/);
  });

  it('names a setting that is missing', () => {
    const { issuer: _, ...prod } = settings.prod;
    expect(() => loadConfig('dev', { ...settings, prod })).to.throw(SynthError, 'prod.issuer is missing');
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
      expect(() => loadConfig(stage)).to.throw(SynthError, `STAGE is "${stage}", but must be one of: dev, prod`);
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
      stderr: 'STAGE is "staging", but must be one of: dev, prod\n',
    });
  });
});
