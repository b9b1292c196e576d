import { expect } from 'chai';
import fc from 'fast-check';
import { ALL_FAULTS } from '../../../local/aws/aws-faults.ts';
import {
  DEFAULT_AI_SETTINGS,
  latencyRange,
  mergeAiSettings,
  NO_AI_FAULTS,
  parseAiSettings,
} from '../../../local/aws/bedrock/settings.ts';
import { SettingError } from '../../../local/settings.ts';

describe('the settings of the Bedrock mock', () => {
  it('come from the environment', () => {
    expect(parseAiSettings({ AI_LATENCY_MS: '', AI_FAULTS: '', AI_SEED: '' })).to.deep.equal(DEFAULT_AI_SETTINGS);
    const faults = { ...NO_AI_FAULTS, throttle: 0.1, hang: 0.001 };
    expect(
      parseAiSettings({ AI_LATENCY_MS: '500-1500', AI_FAULTS: '{"throttle":0.1,"hang":1e-3}', AI_SEED: '42' }),
    ).to.deep.equal({ latencyMs: '500-1500', faults, seed: '42' });
    expect(['500-1500', '1000'].map(latencyRange)).to.deep.equal([
      { minimum: 500, maximum: 1500 },
      { minimum: 1000, maximum: 1000 },
    ]);
  });

  it('take shares and seed from AWS_FAULTS, and those of their own before them', () => {
    const awsFaults = { ...ALL_FAULTS, seed: 'storm' };
    const shares = { reset: 0.01, cut: 0.01, empty: 0.01, slow: 0.02, busy: 0.01, unavailable: 0.01 };
    const faults = { ...NO_AI_FAULTS, ...shares };
    expect(parseAiSettings({}, awsFaults)).to.deep.equal({ ...DEFAULT_AI_SETTINGS, faults, seed: 'storm' });
    const own = { AI_FAULTS: '{"throttle":0.1,"cut":0}', AI_SEED: 'calm' };
    const both = { faults: { ...faults, throttle: 0.1, cut: 0 }, seed: 'calm' };
    expect(parseAiSettings(own, awsFaults)).to.deep.include(both);
  });

  for (const [environment, message] of [
    [{ AI_LATENCY_MS: 'fast' }, 'AI_LATENCY_MS must be whole milliseconds'],
    [{ AI_LATENCY_MS: '1500-500' }, 'AI_LATENCY_MS must have its smaller number first'],
    [{ AI_LATENCY_MS: '99999999' }, 'AI_LATENCY_MS must be at most'],
    [{ AI_FAULTS: '{throttle:1}' }, 'AI_FAULTS is not JSON'],
    [
      { AI_FAULTS: '{"throtle":0.1}' },
      'AI_FAULTS.throtle is not a fault. Known: throttle, error, malformed, hang, denied',
    ],
    [{ AI_FAULTS: '{"error":1.1}' }, 'AI_FAULTS.error must be a rate from 0 to 1, not 1.1'],
    [{ AI_FAULTS: '{"error":0.6,"hang":0.6}' }, 'AI_FAULTS must add up to at most 1, not 1.2'],
    [{ AI_SEED: 'x'.repeat(129) }, 'AI_SEED must be'],
  ] as const) {
    it(`refuse ${JSON.stringify(environment).slice(0, 60)} by name`, () => {
      expect(() => parseAiSettings(environment)).to.throw(SettingError, message);
    });
  }

  it('are either valid or refused with SettingError, whatever comes in, and keep rates that are not mentioned', () => {
    const input = fc.oneof(
      fc.anything(),
      fc.constantFrom(...['__proto__', 'toString', 'faults'].map((name) => JSON.parse(`{"${name}":{"seed":"7"}}`))),
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
    const first = mergeAiSettings(DEFAULT_AI_SETTINGS, { faults: { throttle: 0.1, error: 0.2 } });
    expect(mergeAiSettings(first, { faults: { error: 0 } }).faults).to.deep.include({ throttle: 0.1, error: 0 });
  });
});
