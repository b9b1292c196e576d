import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../../modules/config.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { synthesize } from '../../../modules/stack.ts';
import { SynthError } from '../../../modules/synth-error.ts';
import { FUNCTIONS, LAMBDAS } from '../../../modules/workflow/function-table.ts';
import { DURATIONS } from '../../../modules/workflow/variables.ts';
import { withFolders } from '../folders.ts';
import { at, bare, dev, expectArguments, prod, resourcesOf, type Synthesized, underscored } from '../synthesized.ts';

/** The functions that have a concurrency of their own. */
const reserved = (synthesized: Synthesized) =>
  Object.entries(resourcesOf(synthesized, 'aws_lambda_function')).flatMap(
    ([name, { reserved_concurrent_executions: of }]) => (of === undefined ? [] : [[name, of]]),
  );

// That each has the variables that its handler reads is what lambdas/core/test/handlers.test.ts shows.
describe('functions', () => {
  it('are published with every deploy, behind the alias live, once their grants are there', () => {
    for (const owner of LAMBDAS.map(underscored)) {
      const address = `aws_lambda_function.${owner}_function`;
      expectArguments(dev, {
        [address]: { publish: true, depends_on: [`aws_iam_role_policy.${owner}_policy`] },
        [`aws_lambda_alias.${owner}_live`]: {
          name: 'live',
          function_name: `\${${address}.function_name}`,
          function_version: `\${${address}.version}`,
        },
      });
    }
  });

  it('get a role of another name, with its grants, before the one that they run under goes, as the state machine does', () => {
    for (const owner of [...LAMBDAS.map(underscored), 'workflow'])
      expect(at(dev, `aws_iam_role_policy.${owner}_policy`).lifecycle, owner).to.include({
        create_before_destroy: true,
      });
  });

  it('have the prices of the stage, and the alias to start executions on', () => {
    expect(at(prod, 'aws_lambda_function.get_status_function').environment).to.deep.nested.include({
      'variables.USD_PER_MILLION_INPUT_TOKENS': String(settings.prod.usdPerMillionInputTokens),
      'variables.USD_PER_MILLION_OUTPUT_TOKENS': String(settings.prod.usdPerMillionOutputTokens),
      'variables.STATE_MACHINE_ARN': 'arn:aws:states:ap-northeast-1:111122223333:stateMachine:goal-activity-prod:live',
    });
  });

  it('keep their logs as long as the stage says, and so does everything else', () => {
    const retentions = (of: Synthesized) =>
      new Set(Object.values(resourcesOf(of, 'aws_cloudwatch_log_group')).map((group) => group.retention_in_days));
    expect([...retentions(dev), ...retentions(prod)]).to.deep.equal([14, 90]);
  });

  it('give generate-tasks more time than its AI call, so that it reports the timeout itself', () => {
    expect(FUNCTIONS['generate-tasks'].timeoutSeconds * 1000).to.be.above(Number(DURATIONS.AI_TIMEOUT_MS));
  });

  it('reserve concurrency for generate-tasks alone: its 24 AI calls of a run, times the runs that the stage is made for', () => {
    expect(reserved(dev)).to.deep.equal([['generate_tasks_function', 24 * 2]]);
    expect(reserved(prod)).to.deep.equal([['generate_tasks_function', 24 * 20]]);
    expect(reserved(bare)).to.deep.equal([]);
  });
});

describe('zips of functions', () => {
  it('lie under the folder of the stack, named and hashed by content', () => {
    withFolders((folders) => {
      const path = synthesize({ config: loadConfig('dev'), ...folders });
      const { filename, source_code_hash } = at(dev, 'aws_lambda_function.goals_function');
      expect(readFileSync(join(dirname(path), String(filename)), 'utf8')).to.equal('zip of goals');
      writeFileSync(join(folders.zipFolder, 'goals.zip'), 'another zip');
      const changed = readFileSync(synthesize({ config: loadConfig('dev'), ...folders }), 'utf8');
      expect(changed).to.not.include(String(source_code_hash)).and.not.include(String(filename));
    });
  });

  it('are asked for by the command that makes them when one is missing', () => {
    withFolders(({ outputFolder }) => {
      const attempt = () => synthesize({ config: loadConfig('dev'), zipFolder: '/nowhere', outputFolder });
      expect(attempt).to.throw(SynthError, /\.zip is missing: run make build$/);
    });
  });
});
