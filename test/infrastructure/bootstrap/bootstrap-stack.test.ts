import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { at, resourcesOf, statementsOf, synthesizeBootstrap, withProd } from '../synthesized.ts';

const PROVIDER = 'aws_iam_openid_connect_provider';
const prod = synthesizeBootstrap('prod');

/** A second stage in the account of prod, which has GitHub's provider and a budget from prod. */
const SECOND = {
  ...settings,
  next: {
    ...settings.prod,
    stateBucket: 'goal-activity-next-state',
    monthlyBudgetUsd: undefined,
    githubProviderExists: true,
  },
};
const next = synthesizeBootstrap('next', JSON.parse(JSON.stringify(SECOND)));

describe('bootstrap of a stage', () => {
  it('keeps its own state in the bucket that it makes, beside that of the stage', () => {
    expect(prod.terraform.backend).to.have.nested.property('s3.bucket', settings.prod.stateBucket);
    expect(prod.terraform.backend).to.have.nested.property('s3.key', 'goal-activity-bootstrap-prod/terraform.tfstate');
    expect(at(prod, 'aws_s3_bucket.state_bucket')).to.deep.include({
      bucket: settings.prod.stateBucket,
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  it('says the roles of GitHub by the names of the variables that the workflows read', () => {
    expect(prod.output).to.deep.include({
      PLAN_ROLE_ARN_PROD: { value: '${aws_iam_role.github_plan_role.arn}' },
      DEPLOY_ROLE_ARN_PROD: { value: '${aws_iam_role.github_deploy_role.arn}' },
    });
  });

  it('writes to all of alertEmails at 80 and at 100 % of the budget of the account', () => {
    const { notification, ...budget } = at(prod, 'aws_budgets_budget.budget');
    expect(budget).to.deep.include({ account_id: '111122223333', limit_amount: '1000', time_unit: 'MONTHLY' });
    expect(notification).to.deep.equal(
      [80, 100].map((threshold) => ({
        notification_type: 'ACTUAL',
        comparison_operator: 'GREATER_THAN',
        threshold,
        threshold_type: 'PERCENTAGE',
        subscriber_email_addresses: settings.prod.alertEmails,
      })),
    );
  });

  it('makes GitHub’s provider once an account: a second stage there trusts the one that exists', () => {
    expect(Object.values(resourcesOf(prod, PROVIDER))).to.have.length(1);
    expect(resourcesOf(next, PROVIDER)).to.deep.equal({});
    const [trust] = statementsOf(at(next, 'aws_iam_role.github_deploy_role'));
    expect(trust?.Principal).to.deep.equal({
      Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
    });
  });

  it('shares no name with the bootstrap of another stage in the account', () => {
    const names = (of: typeof prod) =>
      Object.values(of.resource).flatMap((byName) =>
        Object.values(byName).flatMap(({ name, bucket }) =>
          [name, bucket].filter((text) => !/^\$|^undefined/.test(String(text))),
        ),
      );
    expect(names(next)).to.have.length.greaterThan(8);
    for (const name of names(next)) expect(names(prod)).to.not.include(name);
  });

  it('trusts a repository as its tokens name it, with the ids of owner and repository', () => {
    const bootstrap = synthesizeBootstrap('prod', withProd({ githubRepository: 'example@12/goal-activity@345' }));
    const [trust] = statementsOf(at(bootstrap, 'aws_iam_role.github_deploy_role'));
    expect(trust?.Condition?.StringLike).to.deep.equal({
      'token.actions.githubusercontent.com:sub': ['repo:example@12/goal-activity@345:environment:prod'],
    });
  });

  it('is the bucket alone for a stage without GitHub and budget', () => {
    const alone = synthesizeBootstrap('prod', withProd({ githubRepository: undefined, monthlyBudgetUsd: undefined }));
    for (const type of Object.keys(alone.resource)) expect(type).to.match(/^aws_s3_bucket/);
    expect(Object.keys(alone.output)).to.deep.equal(['stateBucket']);
  });
});
