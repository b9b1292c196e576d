import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { withFolders } from '../folders.ts';
import { synthesizeText } from '../synthesized.ts';

const texts = { dev: synthesizeText('dev'), prod: synthesizeText('prod') };

describe('command of the policy check', () => {
  const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'policy', 'check.ts');

  /** Runs the command over stacks of these texts. */
  function run(stacks: Readonly<Record<string, string>>, ...stages: readonly string[]) {
    return withFolders(({ outputFolder }) => {
      for (const [name, text] of Object.entries(stacks)) {
        mkdirSync(join(outputFolder, 'stacks', name), { recursive: true });
        writeFileSync(join(outputFolder, 'stacks', name, 'cdk.tf.json'), text);
      }
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...stages], {
        env: { ...process.env, POLICY_CHECK_FOLDER: outputFolder },
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    });
  }

  const broken = texts.prod.replaceAll('"retention_in_days": 90', '"retention_in_days": 0');

  it('ends with 0 and says what it has checked when nothing is wrong', () => {
    const { status, stdout, stderr } = run({ 'goal-activity-dev': texts.dev, 'goal-activity-prod': texts.prod });
    expect(stderr).to.equal('');
    expect(status).to.equal(0);
    expect(stdout).to.match(
      /^goal-activity-dev: \d+ resources, 10 rules, nothing wrong\ngoal-activity-prod: \d+ resources, 10 rules, nothing wrong\n$/,
    );
  });

  it('ends with 1 and prints each violation as rule, resource and what', () => {
    const { status, stderr } = run({ 'goal-activity-prod': broken }, 'prod');
    expect(status).to.equal(1);
    expect(stderr.split('\n')).to.include(
      'log-retention: aws_cloudwatch_log_group.goals_logs: the log group keeps its lines forever',
    );
  });

  it('checks the stages that are named alone', () => {
    expect(run({ 'goal-activity-dev': texts.dev, 'goal-activity-prod': broken }, 'dev')).to.include({
      status: 0,
      stderr: '',
    });
  });

  it('says how to synthesize a stage that is not there', () => {
    const { status, stderr } = run({ 'goal-activity-dev': texts.dev }, 'dev', 'prod');
    expect(status).to.equal(1);
    expect(stderr).to.include('run make synth STAGE=prod');
  });
});
