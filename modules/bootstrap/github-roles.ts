import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { Construct } from 'constructs';
import { bootstrapName, type StageConfig } from '../config.ts';
import { allow, policyDocument, type Statement } from '../policy-document.ts';
import { stateKey } from '../provider.ts';
import { commandStatements } from './command-statements.ts';
import { FRONT_GRANTS } from './front-grants.ts';
import { type Grant, statementsOf } from './grant.ts';
import { ROLE_GRANTS } from './role-grants.ts';
import { WORKFLOW_GRANTS } from './workflow-grants.ts';

/** Who signs the tokens of GitHub's workflows. */
const ISSUER = 'token.actions.githubusercontent.com';

/**
 * The two roles that GitHub's workflows take, by OIDC: `plan` reads what Terraform manages, and no data; `deploy` makes and changes it.
 * A role is taken by a token whose subject is one of these, of this repository (GitHub Docs, "OpenID Connect reference", Example subject
 * claims). A pull request's own code runs with `plan`.
 */
export class GithubRoles extends Construct {
  readonly plan: IamRole;
  readonly deploy: IamRole;
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, config: StageConfig, repository: string, stateArn: string) {
    super(scope, id);
    this.#config = config;
    const { settings, stage, prefix } = config;
    const provider = settings.githubProviderExists
      ? undefined
      : new IamOpenidConnectProvider(this, 'provider', {
          url: `https://${ISSUER}`,
          clientIdList: ['sts.amazonaws.com'],
        });
    const providerArn = provider?.arn ?? `arn:aws:iam::${settings.account}:oidc-provider/${ISSUER}`;
    const role = (name: 'plan' | 'deploy', subjects: readonly string[]) =>
      new IamRole(this, `${name}-role`, {
        name: `${bootstrapName(stage)}-${settings.region}-${name}`,
        assumeRolePolicy: policyDocument([
          trust(
            providerArn,
            subjects.map((subject) => `repo:${repository}:${subject}`),
          ),
        ]),
      });
    // Plans: of a pull request, of a tag before anybody is asked, and every night of what is deployed.
    this.plan = role('plan', ['pull_request', 'ref:refs/tags/v*', 'ref:refs/heads/main']);
    this.deploy = role('deploy', [`environment:${stage}`]);

    const state = `${stateArn}/${stateKey(prefix)}`;
    const read = ({ read: actions = '' }: Grant) => actions;
    const change = ({ change: actions = '', erase = '' }: Grant) =>
      settings.deletionProtection ? actions : `${actions} ${erase}`;
    // Several, since IAM lets a policy have 6,144 characters (IAM guide, "IAM and AWS STS quotas").
    const reading = [
      this.policy('read-workflow', [
        allow('StateBucket', ['s3:ListBucket'], [stateArn]),
        allow('State', ['s3:GetObject'], [state]),
        ...this.grants([...WORKFLOW_GRANTS, ...ROLE_GRANTS], read),
      ]),
      this.policy('read-front', this.grants(FRONT_GRANTS, read)),
    ];
    const changing = [
      this.policy('change-workflow', this.grants(WORKFLOW_GRANTS, change)),
      this.policy('change-front', this.grants(FRONT_GRANTS, change)),
      this.policy('change-roles', [
        allow('WriteState', ['s3:PutObject'], [state]),
        allow('LockState', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [`${state}.tflock`]),
        ...this.grants(ROLE_GRANTS, change),
        ...commandStatements(config),
      ]),
    ];
    this.attach('plan', this.plan, reading);
    this.attach('deploy', this.deploy, [...reading, ...changing]);
  }

  private grants(grants: readonly Grant[], actionsOf: (grant: Grant) => string): readonly Statement[] {
    return grants.flatMap((grant) => statementsOf(grant, actionsOf(grant), this.#config));
  }

  private policy(name: string, statements: readonly Statement[]): IamPolicy {
    const { stage, settings } = this.#config;
    return new IamPolicy(this, `${name}-policy`, {
      name: `${bootstrapName(stage)}-${settings.region}-${name}`,
      policy: policyDocument(statements),
    });
  }

  private attach(name: string, role: IamRole, policies: readonly IamPolicy[]): void {
    for (const policy of policies) {
      new IamRolePolicyAttachment(this, `${name}-${policy.node.id}`, { role: role.name, policyArn: policy.arn });
    }
  }
}

/** A role is taken with a token of GitHub's provider, for AWS, by one of the subjects; `*` in one stands for anything. */
function trust(providerArn: string, subjects: readonly string[]): Statement {
  return {
    Sid: 'Trust',
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: {
      StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
      StringLike: { [`${ISSUER}:sub`]: subjects },
    },
  };
}
