import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { HttpApi } from './api/http-api.ts';
import { makeSignIn, signInDomain } from './api/sign-in.ts';
import { BootstrapStack } from './bootstrap/bootstrap-stack.ts';
import { boundaryArn, boundRoles } from './bootstrap/boundary.ts';
import type { StageConfig } from './config.ts';
import { defined } from './defined.ts';
import { placeLockFile } from './lock-file.ts';
import { makeAlarms } from './monitoring/alarms.ts';
import { alarmsOf } from './monitoring/alarms-table.ts';
import { makeDashboard } from './monitoring/dashboard.ts';
import { saveQueries } from './monitoring/saved-queries.ts';
import { countThrottledRequests } from './monitoring/throttled-requests.ts';
import { makeTopics } from './monitoring/topics.ts';
import { configureProvider, configureState } from './provider.ts';
import { ReadableStack } from './readable-stack.ts';
import { hasPart } from './settings-schema.ts';
import { Website } from './website/website.ts';
import { archiveBucket } from './workflow/archive-bucket.ts';
import { addEventRules } from './workflow/event-rules.ts';
import { LAMBDAS } from './workflow/function-table.ts';
import { type Lambdas, PublishedFunction } from './workflow/published-function.ts';
import { makeStateMachine } from './workflow/state-machine.ts';
import { makeTables } from './workflow/tables.ts';

/** What a stack is made from. */
export interface GoalActivityStackProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** Folder of the Lambdas' zips, `<lambda>.zip` each. */
  readonly zipFolder: string;
}

/** Everything of one stage. */
export class GoalActivityStack extends ReadableStack {
  constructor(scope: Construct, { config, zipFolder }: GoalActivityStackProps) {
    super(scope, config.prefix);
    configureProvider(this, config);
    configureState(this, config);
    boundRoles(this, boundaryArn(config));

    const tables = makeTables(this, config);
    const archive = archiveBucket(this, config);
    const { alerts, keyGrant: topicKey } = makeTopics(this, config);
    const functions = LAMBDAS.map((name) => [name, new PublishedFunction(this, name, { config, zipFolder, topicKey })]);
    // Object.fromEntries forgets which keys it was given.
    const lambdas = Object.fromEntries(functions) as Lambdas;
    const workflow = makeStateMachine(this, config, lambdas, topicKey);
    addEventRules(this, config, lambdas);
    const front = makeFront(this, config, lambdas);

    if (hasPart(config.settings, 'monitoring')) {
      const monitoring = new Construct(this, 'monitoring');
      const watched = { config, apiId: front.apiId };
      const alarmArns = makeAlarms(monitoring, config, alarmsOf(watched), alerts.arn);
      makeDashboard(monitoring, watched, alarmArns);
      saveQueries(monitoring, config.prefix, lambdas, workflow.logGroup.name);
      countThrottledRequests(monitoring, config.names, front.accessLogs);
    }
    const outputs = {
      ...front.outputs,
      stateMachineArn: workflow.stateMachine.arn,
      goalsTable: tables.goals.name,
      tasksTable: tables.tasks.name,
      executionsTable: tables.executions.name,
      archiveBucket: archive.id,
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value });
  }
}

/** What people reach: the API and, where the stage has one, the page; with the sign-in that both of them know. */
function makeFront(scope: Construct, config: StageConfig, lambdas: Lambdas) {
  const http = new HttpApi(scope, 'http', config);
  const website = config.settings.website ? new Website(scope, 'website', config, http) : undefined;
  const { tokens, clientId, outputs } = makeSignIn(scope, config, website?.redirectUri);
  http.addRoutes(lambdas, tokens);
  website?.configure(signInDomain(config), clientId);
  return {
    apiId: http.api.id,
    accessLogs: http.accessLogs,
    outputs: {
      apiUrl: http.url,
      tokenIssuer: tokens.issuer,
      tokenAudience: tokens.audience.join(' '),
      ...outputs,
      ...defined({
        websiteUrl: website?.url,
        websiteBucket: website?.bucket.id,
        websiteDistribution: website?.distribution.id,
      }),
    },
  };
}

/**
 * Writes the Terraform JSON of a stage, with the zips that it refers to, to `<outputFolder>/stacks/goal-activity-<stage>/`,
 * and beside it that of its bootstrap stack, if the stage keeps its state in a bucket. Each has a copy of the lock file.
 * @returns path of the stage's JSON
 * @throws SynthError naming a zip that is missing
 */
export function synthesize({ outputFolder, ...props }: GoalActivityStackProps & { outputFolder: string }): string {
  mkdirSync(outputFolder, { recursive: true });
  const app = new App({ outdir: outputFolder });
  const stack = new GoalActivityStack(app, props);
  const { stateBucket } = props.config.settings;
  if (stateBucket !== undefined) new BootstrapStack(app, props.config, stateBucket);
  app.synth();
  const folderOf = (stackName: string) => join(outputFolder, 'stacks', stackName);
  for (const { node } of app.node.children.filter(TerraformStack.isStack)) placeLockFile(folderOf(node.id));
  return join(folderOf(stack.node.id), 'cdk.tf.json');
}
