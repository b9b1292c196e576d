import { expect } from 'chai';
import fc from 'fast-check';
import { ALL_FAULTS, NO_FAULTS } from '../../../local/aws/aws-faults.ts';
import {
  DEFAULT_AI_SETTINGS,
  latencyRange,
  mergeAiSettings,
  NO_AI_FAULTS,
  parseAiSettings,
} from '../../../local/aws/bedrock/settings.ts';
import { SettingError } from '../../../local/settings.ts';

describe('the settings of the Bedrock mock', () => {
  it('are the defaults when no variable is set', () => {
    expect(parseAiSettings({})).to.deep.equal(DEFAULT_AI_SETTINGS);
    expect(parseAiSettings({ AI_LATENCY_MS: '', AI_FAULTS: '', AI_SEED: '' })).to.deep.equal(DEFAULT_AI_SETTINGS);
  });

  it('come from the environment', () => {
    const settings = parseAiSettings({
      AI_LATENCY_MS: '500-1500',
      AI_FAULTS: '{"throttle":0.1,"hang":1e-3}',
      AI_SEED: '42',
    });
    expect(settings).to.deep.equal({
      latencyMs: '500-1500',
      faults: { ...NO_AI_FAULTS, throttle: 0.1, hang: 0.001 },
      seed: '42',
    });
    expect(latencyRange(settings.latencyMs)).to.deep.equal({ minimum: 500, maximum: 1500 });
    expect(latencyRange('1000')).to.deep.equal({ minimum: 1000, maximum: 1000 });
  });

  it('take shares and seed from AWS_FAULTS, and those of their own before them', () => {
    const awsFaults = { ...ALL_FAULTS, seed: 'storm' };
    const shares = { reset: 0.01, cut: 0.01, empty: 0.01, slow: 0.02, busy: 0.01, unavailable: 0.01 };
    expect(parseAiSettings({}, awsFaults)).to.deep.equal({
      ...DEFAULT_AI_SETTINGS,
      faults: { ...NO_AI_FAULTS, ...shares },
      seed: 'storm',
    });
    const own = { AI_FAULTS: '{"throttle":0.1,"cut":0}', AI_SEED: 'calm' };
    expect(parseAiSettings(own, awsFaults)).to.deep.include({
      faults: { ...NO_AI_FAULTS, ...shares, throttle: 0.1, cut: 0 },
      seed: 'calm',
    });
    expect(parseAiSettings({}, NO_FAULTS)).to.deep.equal(DEFAULT_AI_SETTINGS);
  });

  for (const [environment, message] of [
    [{ AI_LATENCY_MS: 'fast' }, 'AI_LATENCY_MS must be whole milliseconds'],
    [{ AI_LATENCY_MS: '1500-500' }, 'AI_LATENCY_MS must have its smaller number first'],
    [{ AI_LATENCY_MS: '99999999' }, 'AI_LATENCY_MS must be at most'],
    [{ AI_FAULTS: '{throttle:1}' }, 'AI_FAULTS is not JSON'],
    [{ AI_FAULTS: '[]' }, 'AI_FAULTS must be a JSON object'],
    [
      { AI_FAULTS: '{"throtle":0.1}' },
      'AI_FAULTS.throtle is not a fault. Known: throttle, error, malformed, hang, denied, reset, cut, empty, slow, busy, unavailable',
    ],
    [{ AI_FAULTS: '{"error":-0.1}' }, 'AI_FAULTS.error must be a rate from 0 to 1, not -0.1'],
    [{ AI_FAULTS: '{"error":1.1}' }, 'AI_FAULTS.error must be a rate from 0 to 1, not 1.1'],
    [{ AI_FAULTS: '{"error":0.6,"hang":0.6}' }, 'AI_FAULTS must add up to at most 1, not 1.2'],
    [{ AI_SEED: 'x'.repeat(129) }, 'AI_SEED must be'],
  ] as const) {
    it(`refuse ${JSON.stringify(environment).slice(0, 60)} by name`, () => {
      expect(() => parseAiSettings(environment)).to.throw(SettingError, message);
    });
  }

  it('refuse an unknown setting, and keep rates that are not mentioned', () => {
    expect(() => mergeAiSettings(DEFAULT_AI_SETTINGS, { latency: 5 })).to.throw('latency is not a setting');
    const first = mergeAiSettings(DEFAULT_AI_SETTINGS, { faults: { throttle: 0.1, error: 0.2 }, latencyMs: 5 });
    const second = mergeAiSettings(first, { faults: { error: 0 } });
    expect(second.faults).to.deep.include({ throttle: 0.1, error: 0 });
    expect(second.latencyMs).to.equal('5');
  });

  it('take own names alone: what every object inherits is no setting and no fault', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const input: unknown = JSON.parse(`{"${name}":{"seed":"7"}}`);
      const merge = (given: unknown) => () => mergeAiSettings(DEFAULT_AI_SETTINGS, given);
      expect(merge(input)).to.throw(SettingError, `${name} is not a setting`);
      expect(merge({ faults: input })).to.throw(SettingError, `faults.${name} is not a fault`);
    }
  });

  it('are either valid or refused with SettingError, whatever comes in', () => {
    const input = fc.oneof(
      fc.anything(),
      fc.record({ latencyMs: fc.anything(), faults: fc.anything(), seed: fc.anything() }, { requiredKeys: [] }),
      fc.record({ faults: fc.dictionary(fc.constantFrom('throttle', 'error', 'hang', 'other'), fc.double()) }),
    );
    fc.assert(
      fc.property(input, (value) => {
        try {
          const settings = mergeAiSettings(DEFAULT_AI_SETTINGS, value);
          expect(mergeAiSettings(DEFAULT_AI_SETTINGS, settings)).to.deep.equal(settings);
        } catch (error) {
          expect(error).to.be.instanceOf(SettingError);
        }
      }),
    );
  });
});
