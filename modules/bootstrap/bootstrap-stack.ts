import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { bootstrapName, type StageConfig } from '../config.ts';
import { policyDocument } from '../policy-document.ts';
import { keepNoncurrentVersions, PrivateBucket } from '../private-bucket.ts';
import { configureProvider, configureState } from '../provider.ts';
import { ReadableStack } from '../readable-stack.ts';
import { boundaryName, boundaryStatements, boundRoles } from './boundary.ts';
import { makeBudget } from './budget.ts';
import { GithubRoles } from './github-roles.ts';

/** Days in which an earlier state can be brought back. */
const STATE_HISTORY_DAYS = 180;

/**
 * What must be there before a stage is deployed, made by an administrator: the bucket of its state and of this stack's own, the roles of
 * GitHub's workflows, the boundary of all other roles, and a budget.
 */
export class BootstrapStack extends ReadableStack {
  constructor(scope: Construct, config: StageConfig, bucketName: string) {
    super(scope, bootstrapName(config.stage));
    configureProvider(this, config);
    configureState(this, config);
    const { githubRepository, permissionsBoundary, monthlyBudgetUsd } = config.settings;
    boundRoles(this, permissionsBoundary);
    const { bucket } = new PrivateBucket(this, 'state', {
      name: bucketName,
      encryption: 'aws:kms',
      versioned: true,
      // Whatever the stage: who loses the state loses the way to change or remove what is deployed.
      protect: true,
      rules: [keepNoncurrentVersions(STATE_HISTORY_DAYS)],
    });
    new TerraformOutput(this, 'stateBucket', { value: bucket.id });
    if (monthlyBudgetUsd !== undefined) makeBudget(this, config, monthlyBudgetUsd);
    if (githubRepository === undefined) return;
    if (permissionsBoundary === undefined) {
      new IamPolicy(this, 'boundary', {
        name: boundaryName(config),
        policy: policyDocument(boundaryStatements(config)),
      });
    }
    const { plan, deploy } = new GithubRoles(this, 'github', config, githubRepository, bucket.arn);
    // Called as the repository's variables that the workflows read.
    for (const [name, role] of Object.entries({ PLAN: plan, DEPLOY: deploy })) {
      new TerraformOutput(this, `${name}_ROLE_ARN_${config.stage.toUpperCase()}`, { value: role.arn });
    }
  }
}
