import { isAbsolute } from 'node:path';
import { expect } from 'chai';
import { ALL_FAULTS, createDraw, NO_FAULTS, readAwsFaults } from '../../local/aws/aws-faults.ts';
import {
  DEFAULT_AI_SETTINGS,
  mergeAiSettings,
  NO_AI_FAULTS,
  parseAiSettings,
} from '../../local/aws/bedrock/settings.ts';
import { readSettings, SettingError } from '../../local/settings.ts';

/** Reads all that a stack reads. */
function read(environment: Record<string, string>) {
  const faults = readAwsFaults(environment.AWS_FAULTS);
  return { settings: readSettings(environment), faults, ai: parseAiSettings(environment, faults) };
}

describe('the settings of the local stack', () => {
  it('have defaults, for empty ones too', () => {
    for (const environment of [{}, { PORT: '', AWS_FAULTS: '', AI_LATENCY_MS: '', AI_FAULTS: '', AI_SEED: '' }]) {
      const { settings, faults, ai } = read(environment);
      expect(settings).to.deep.include({ port: 3000, timeScale: 1, eventDeliveries: 1 });
      expect(isAbsolute(settings.dataDir)).to.equal(true);
      expect([faults, ai]).to.deep.equal([NO_FAULTS, DEFAULT_AI_SETTINGS]);
    }
  });

  it('are what is given; AWS_FAULTS is all with `on`, those that are named, or all but those', () => {
    const own = { PORT: '0', TIME_SCALE: '0.5', EVENT_DELIVERIES: '0', MAX_RUNNING_EXECUTIONS: '7', DATA_DIR: '/data' };
    const { settings, faults } = read({ ...own, AWS_FAULTS: '{"wholeSeconds":1,"indexLagMs":20,"seed":7}' });
    const rest = { eventDeliveries: 0, maxRunningExecutions: 7, dataDir: '/data' };
    expect(settings).to.deep.equal({ port: 0, timeScale: 0.5, ...rest });
    expect(faults).to.deep.equal({ ...NO_FAULTS, wholeSeconds: 1, indexLagMs: 20, seed: '7' });
    expect(read({ AWS_FAULTS: 'on' }).faults).to.deep.equal(ALL_FAULTS);
    expect(read({ AWS_FAULTS: '{"all":true,"aiReset":0}' }).faults).to.deep.equal({ ...ALL_FAULTS, aiReset: 0 });
  });

  it('of the AI take shares and seed from AWS_FAULTS, and those of their own before them', () => {
    const shares = { reset: 0.01, cut: 0.01, empty: 0.01, slow: 0.02, busy: 0.01, unavailable: 0.01 };
    const own = { AI_LATENCY_MS: '500-1500', AI_FAULTS: '{"throttle":0.1,"cut":0,"hang":1e-3}', AI_SEED: 'calm' };
    const AWS_FAULTS = '{"all":true,"seed":"storm"}';
    expect(read({ AWS_FAULTS }).ai).to.deep.include({ faults: { ...NO_AI_FAULTS, ...shares }, seed: 'storm' });
    const faults = { ...NO_AI_FAULTS, ...shares, throttle: 0.1, cut: 0, hang: 0.001 };
    expect(read({ ...own, AWS_FAULTS }).ai).to.deep.equal({ latencyMs: '500-1500', faults, seed: 'calm' });
  });

  for (const [name, value, message] of [
    ['PORT', '65536', 'is 65536; it must be'],
    ['TIME_SCALE', '0', 'is 0; it must be'],
    ['INSPECT_PORT', '-1', 'is -1; it must be'],
    ['EVENT_DELIVERIES', '1.5', 'is 1.5; it must be'],
    ['MAX_RUNNING_EXECUTIONS', '-1', 'is -1; it must be'],
    ['AWS_FAULTS', 'off', 'is not JSON'],
    ['AWS_FAULTS', '[]', 'must be a JSON object like {'],
    ['AWS_FAULTS', '{"toString":1}', 'has toString, which is no fault. Known: wholeSeconds, '],
    ['AWS_FAULTS', '{"wholeSeconds":1.1}', 'has wholeSeconds 1.1; it must be a share from 0 to 1'],
    ['AWS_FAULTS', '{"indexLagMs":0.5}', 'has indexLagMs 0.5; it must be whole milliseconds from 0 to 60000'],
    ['AWS_FAULTS', '{"seed":{}}', 'has a `seed` that is no text'],
    ['AWS_FAULTS', '{"all":1}', 'has `all`, which must be true or false'],
    ['AI_LATENCY_MS', 'fast', 'must be whole milliseconds'],
    ['AI_LATENCY_MS', '1500-500', 'must have its smaller number first'],
    ['AI_LATENCY_MS', '99999999', 'must be at most'],
    ['AI_FAULTS', '{"throtle":0.1}', 'throtle is not a fault. Known: throttle, error, malformed, hang, denied'],
    ['AI_FAULTS', '{"error":1.1}', 'error must be a rate from 0 to 1, not 1.1'],
    ['AI_FAULTS', '{"error":0.6,"hang":0.6}', 'must add up to at most 1, not 1.2'],
    ['AI_SEED', 'x'.repeat(129), 'must be'],
  ] as const) {
    it(`are refused by name: ${name}=${value.slice(0, 40)}`, () => {
      const failure = expect(() => read({ [name]: value })).to.throw(SettingError, message);
      failure.with.property('message').that.matches(new RegExp(`^${name}`));
    });
  }

  it('of the AI that are laid over others keep what is not mentioned', () => {
    const first = mergeAiSettings(DEFAULT_AI_SETTINGS, { faults: { throttle: 0.1, error: 0.2 } });
    expect(mergeAiSettings(first, { faults: { error: 0 } }).faults).to.deep.include({ throttle: 0.1, error: 0 });
  });
});

describe('what is drawn', () => {
  it('is the same from the same seed, other numbers from another, and for each thing its own', () => {
    const draw = (seed: string, what: string) => Array.from({ length: 5 }, createDraw(seed).bind(undefined, what));
    expect(draw('1', 'a')).to.deep.equal(draw('1', 'a'));
    expect(new Set([...draw('1', 'a'), ...draw('2', 'a'), ...draw('1', 'b')])).to.have.lengthOf(15);
  });
});
