import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { simulate } from '../../../scripts/simulate/simulate.ts';

describe('make simulate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'goal-activity-simulate-'));
  after(() => rmSync(folder, { recursive: true }));
  const chart = join(folder, 'deep', 'chart.svg');

  function run(environment: Readonly<Record<string, string>>, args: readonly string[] = []) {
    const [stdout, stderr]: [string[], string[]] = [[], []];
    const code = simulate(
      { CHART: chart, ...environment },
      args,
      { write: (text) => stdout.push(text) },
      { write: (text) => stderr.push(text) },
    );
    return { code, stdout: stdout.join(''), stderr: stderr.join('') };
  }

  for (const [environment, message] of [
    [{ RUNS_PER_DAY: 'many' }, 'RUNS_PER_DAY is many; it must be a number from 1 to 100000000'],
    [{ RUNS_PER_DAY: '0.5' }, 'RUNS_PER_DAY is 0.5'],
    [{ PEAK: '7' }, 'PEAK is 7; it must be a number from 1 to 6'],
    [{ ACTIONS: '2.5' }, 'ACTIONS is 2.5; it must be a whole number from 1 to 64'],
    [{ AI_SECONDS: '-1' }, 'AI_SECONDS is -1'],
    [{ STAGE: 'production' }, `STAGE is "production", but must be one of: ${Object.keys(settings).join(', ')}`],
    [{ LIMITS: 'transitions=5000' }, 'LIMITS is not JSON'],
    [{ LIMITS: '{"transitions":0}' }, 'LIMITS.transitions must be a number above 0, not 0'],
    [{ LIMITS: '{"transition":1}' }, 'LIMITS.transition is no limit. Known: '],
  ] as const) {
    it(`refuses ${JSON.stringify(environment)} with what it must be`, () => {
      const { code, stdout, stderr } = run(environment);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.contain(message);
      expect(stderr.trim().split('\n')).to.have.length(1);
    });
  }

  it('explains itself, and refuses options that it does not have', () => {
    const { code, stdout } = run({}, ['--help']);
    expect(code).to.equal(0);
    for (const name of ['RUNS_PER_DAY', 'STAGE', 'PEAK', 'LIMITS', 'SEED', 'CHART', 'JSON'])
      expect(stdout).to.contain(name);
    expect(run({}, ['--fast'])).to.include({ code: 2, stdout: '' });
  });

  it('prints what bites first, and draws a chart that can be read aloud and in the dark', () => {
    const { code, stdout } = run({ RUNS_PER_DAY: '50000' });
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Bites first: Bedrock: tokens a second, from [\d,]+ executions a day on/m);
    expect(stdout).to.contain(`chart: ${chart}`);
    const svg = readFileSync(chart, 'utf8');
    for (const part of [
      '<title id="title">',
      '<desc id="description">',
      'prefers-color-scheme: dark',
      'Bedrock: tokens a second',
    ])
      expect(svg).to.contain(part);
  });

  it('takes limits that an account has, and prints one line of JSON', () => {
    const chart = join(folder, 'json.svg');
    const { stdout } = run({
      RUNS_PER_DAY: '1000',
      JSON: '1',
      CHART: chart,
      LIMITS: '{"bedrockTokens":1e9,"aiConcurrency":1e6}',
    });
    expect(stdout.trim().split('\n')).to.have.length(1);
    const { rows, peak } = JSON.parse(stdout);
    expect(rows[0].name).to.equal('transitions');
    expect([peak.failed, existsSync(chart)]).to.deep.equal([{}, true]);
  });
});
