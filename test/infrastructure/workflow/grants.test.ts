import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import {
  dev,
  type PolicyStatement,
  reference,
  resourceOf,
  resourcesOf,
  statementsOf,
  synthesizeStage,
  underscored,
} from '../synthesized.ts';

const MODEL = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const PROFILE = `arn:aws:bedrock:ap-northeast-1:123456789012:inference-profile/jp.${MODEL}`;

/** Short names for the resources of the tables below. */
const ARN: Readonly<Record<string, string>> = {
  goals: reference('aws_dynamodb_table.tables_goals.arn'),
  tasks: reference('aws_dynamodb_table.tables_tasks.arn'),
  executions: reference('aws_dynamodb_table.tables_workflow_executions.arn'),
  'goals/byUser': `${reference('aws_dynamodb_table.tables_goals.arn')}/index/byUser`,
  'executions/byUser': `${reference('aws_dynamodb_table.tables_workflow_executions.arn')}/index/byUser`,
  alerts: reference('aws_sns_topic.topics_alerts.arn'),
  notices: reference('aws_sns_topic.topics_notices.arn'),
  key: reference('aws_kms_key.topics_key.arn'),
  queue: reference('aws_sqs_queue.dead_letters_queue.arn'),
  'sweep-queue': reference('aws_sqs_queue.sweep_dead_letters_queue.arn'),
  'archive-queue': reference('aws_sqs_queue.archive_dead_letters_queue.arn'),
  'executions/byGoal': `${reference('aws_dynamodb_table.tables_workflow_executions.arn')}/index/byGoal`,
  'executions/byRunning': `${reference('aws_dynamodb_table.tables_workflow_executions.arn')}/index/byRunning`,
  archived: `${reference('aws_s3_bucket.archive_store_bucket.arn')}/executions/*`,
  machine: 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:goal-activity-dev',
  runs: 'arn:aws:states:ap-northeast-1:123456789012:execution:goal-activity-dev:*',
  profile: PROFILE,
  tokyo: `arn:aws:bedrock:ap-northeast-1::foundation-model/${MODEL}`,
  osaka: `arn:aws:bedrock:ap-northeast-3::foundation-model/${MODEL}`,
  any: '*',
};

const SETTLE = [
  'dynamodb: Query GetItem UpdateItem -> executions',
  'dynamodb: UpdateItem -> goals',
  'dynamodb: Query DeleteItem -> tasks',
];
const METRICS = 'cloudwatch: PutMetricData -> any';
const ALERT = ['sns: Publish -> alerts', 'kms: Decrypt GenerateDataKey -> key'];

const REPAIR = ['states: StartExecution -> machine', 'states: DescribeExecution StopExecution -> runs'];

const START = [
  'dynamodb: GetItem Query UpdateItem -> goals',
  'dynamodb: GetItem Query PutItem UpdateItem DeleteItem -> executions',
  'dynamodb: Query DeleteItem -> tasks',
  ...REPAIR,
];

/** Each function's grants, besides logs and traces: service, actions, resources. */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  'start-workflow': START,
  'retry-workflow': START,
  'list-workflows': ['dynamodb: Query -> executions/byUser executions/byGoal', 'dynamodb: UpdateItem -> goals'],
  'get-history': ['dynamodb: Query -> executions', 'states: GetExecutionHistory -> runs'],
  'validate-input': ['dynamodb: GetItem -> goals executions', 'dynamodb: UpdateItem -> executions'],
  'get-actions': ['dynamodb: Query -> goals'],
  'create-batches': ['dynamodb: UpdateItem -> executions'],
  'generate-tasks': [
    'dynamodb: BatchGetItem -> goals',
    'dynamodb: Query UpdateItem -> executions',
    'bedrock: InvokeModel -> profile tokyo osaka',
  ],
  'save-tasks': ['dynamodb: PutItem -> tasks', 'dynamodb: Query UpdateItem GetItem -> executions'],
  'update-progress': ['dynamodb: Query GetItem UpdateItem -> executions'],
  'aggregate-results': ['dynamodb: Query UpdateItem -> executions'],
  'update-goal-status': ['dynamodb: Query GetItem UpdateItem -> executions', 'dynamodb: UpdateItem -> goals', METRICS],
  'get-status': [...SETTLE, ...REPAIR],
  'cancel-workflow': [...SETTLE, 'states: StopExecution -> runs'],
  'handle-error': [...SETTLE, ...ALERT, METRICS, 'sqs: SendMessage -> queue'],
  'reconcile-executions': [
    ...SETTLE,
    'dynamodb: Query -> executions/byRunning',
    ...REPAIR,
    ...ALERT,
    METRICS,
    'sqs: SendMessage -> sweep-queue',
  ],
  'archive-executions': [
    'dynamodb: Query UpdateItem -> executions',
    'dynamodb: Query -> executions/byRunning',
    's3: PutObject -> archived',
    METRICS,
    'sqs: SendMessage -> archive-queue',
  ],
  goals: [
    'dynamodb: PutItem GetItem Query UpdateItem -> goals',
    'dynamodb: Query -> goals/byUser',
    'dynamodb: Query -> tasks',
  ],
};

const STEPS = [
  'validate-input',
  'get-actions',
  'create-batches',
  'generate-tasks',
  'save-tasks',
  'update-progress',
  'aggregate-results',
  'update-goal-status',
  'handle-error',
];

/** "service: Action Action -> resource resource" as one "service:Action on ARN" each. */
function expand(grants: readonly string[], more: Readonly<Record<string, string>> = {}): string[] {
  return grants.flatMap((grant) => {
    const [, service, actions, resources] = /^(\w+): (.+) -> (.+)$/.exec(grant) ?? [];
    if (actions === undefined || resources === undefined) throw new Error(`not a grant: ${grant}`);
    return actions.split(' ').flatMap((action) =>
      resources.split(' ').map((name) => {
        const arn = ARN[name] ?? more[name];
        if (arn === undefined) throw new Error(`no ARN for ${name}`);
        return `${service}:${action} on ${arn}`;
      }),
    );
  });
}

const flatten = (statements: readonly PolicyStatement[]) =>
  statements.flatMap(({ Effect, Action, Resource = [] }) => {
    expect(Effect).to.equal('Allow');
    return Action.flatMap((action) => Resource.map((resource) => `${action} on ${resource}`));
  });

const policyOf = (owner: string) => statementsOf(resourceOf(dev, 'aws_iam_role_policy', `${owner}_policy`).policy);

/** The conditions under which an action is allowed. */
const conditionsOf = (owner: string, action: string) =>
  policyOf(owner)
    .filter((statement) => statement.Action.includes(action))
    .map((statement) => statement.Condition);

describe('least privilege', () => {
  it('gives every function a role and a policy of its own, and no role beyond them and the state machine', () => {
    const owners = [...Object.keys(GRANTS).map(underscored), 'workflow'];
    expect(Object.keys(resourcesOf(dev, 'aws_iam_role'))).to.have.members(owners.map((owner) => `${owner}_role`));
    expect(Object.keys(resourcesOf(dev, 'aws_iam_role_policy'))).to.have.members(
      owners.map((owner) => `${owner}_policy`),
    );
    for (const lambda of Object.keys(GRANTS)) {
      const owner = underscored(lambda);
      expect(resourceOf(dev, 'aws_lambda_function', `${owner}_function`).role).to.equal(
        `\${aws_iam_role.${owner}_role.arn}`,
      );
      expect(resourceOf(dev, 'aws_iam_role_policy', `${owner}_policy`).role).to.equal(
        `\${aws_iam_role.${owner}_role.name}`,
      );
    }
  });

  it('grants nothing in another way: no managed policies, attachments or inline policies', () => {
    const kinds = Object.keys(dev.resource).filter((type) => type.startsWith('aws_iam_'));
    expect(kinds).to.have.members(['aws_iam_role', 'aws_iam_role_policy']);
    for (const role of Object.values(resourcesOf(dev, 'aws_iam_role'))) {
      expect(role).to.not.have.any.keys('managed_policy_arns', 'inline_policy');
    }
  });

  for (const [lambda, grants] of Object.entries(GRANTS)) {
    it(`lets ${lambda} do exactly what it needs, on exactly that`, () => {
      const logs = { logs: `\${aws_cloudwatch_log_group.${underscored(lambda)}_logs.arn}:*` };
      const own = ['logs: CreateLogStream PutLogEvents -> logs', 'xray: PutTraceSegments PutTelemetryRecords -> any'];
      expect(flatten(policyOf(underscored(lambda)))).to.have.members(expand([...own, ...grants], logs));
    });
  }

  it('lets the state machine call its steps, publish, deliver logs and trace, and nothing else', () => {
    const versions = Object.fromEntries(
      STEPS.map((step) => [step, `\${aws_lambda_function.${underscored(step)}_function.arn}:*`]),
    );
    const grants = [
      `lambda: InvokeFunction -> ${STEPS.join(' ')}`,
      'sns: Publish -> alerts notices',
      'kms: Decrypt GenerateDataKey -> key',
      'logs: CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries -> any',
      'logs: PutResourcePolicy DescribeResourcePolicies DescribeLogGroups -> any',
      'xray: PutTraceSegments PutTelemetryRecords GetSamplingRules GetSamplingTargets -> any',
    ];
    expect(flatten(policyOf('workflow'))).to.have.members(expand(grants, versions));
  });

  for (const starter of ['start_workflow', 'retry_workflow', 'get_status', 'reconcile_executions']) {
    it(`lets ${starter} start executions on the alias live alone`, () => {
      expect(conditionsOf(starter, 'states:StartExecution')).to.deep.equal([
        { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': 'live' } },
      ]);
    });
  }

  for (const settler of Object.keys(GRANTS).filter((lambda) => GRANTS[lambda]?.includes(METRICS))) {
    it(`lets ${settler} write metrics of this stage alone`, () => {
      expect(conditionsOf(underscored(settler), 'cloudwatch:PutMetricData')).to.deep.equal([
        { StringEquals: { 'cloudwatch:namespace': 'GoalActivity/dev' } },
      ]);
    });
  }

  for (const publisher of ['handle_error', 'reconcile_executions', 'workflow']) {
    it(`lets ${publisher} use the topics' key through SNS alone`, () => {
      expect(conditionsOf(publisher, 'kms:GenerateDataKey')).to.deep.equal([
        { StringEquals: { 'kms:ViaService': 'sns.ap-northeast-1.amazonaws.com' } },
      ]);
    });
  }

  it('lets generate-tasks call the foundation model through the inference profile alone', () => {
    expect(conditionsOf('generate_tasks', 'bedrock:InvokeModel')).to.deep.equal([
      undefined,
      { StringEquals: { 'bedrock:InferenceProfileArn': PROFILE } },
    ]);
  });

  /** What generate-tasks may ask of Bedrock with these settings: "resource" or "resource through profile". */
  function modelsWith(changes: object): string[] {
    const stage = synthesizeStage('dev', { ...settings, dev: { ...settings.dev, ...changes } });
    const statements = statementsOf(resourceOf(stage, 'aws_iam_role_policy', 'generate_tasks_policy').policy);
    const sids = statements.map((statement) => Reflect.get(statement, 'Sid'));
    expect(new Set(sids).size, `${sids}`).to.equal(statements.length);
    return statements
      .filter(({ Action }) => Action.includes('bedrock:InvokeModel'))
      .flatMap(({ Action, Resource = [], Condition }) => {
        expect(Action).to.deep.equal(['bedrock:InvokeModel']);
        const through = Reflect.get(Object(Condition?.StringEquals), 'bedrock:InferenceProfileArn');
        return Resource.map((resource) => (through === undefined ? resource : `${resource} through ${through}`));
      });
  }
  const foundation = (region: string, model: string) => `arn:aws:bedrock:${region}::foundation-model/${model}`;

  it('lets list-workflows write the key of cursors alone', () => {
    expect(conditionsOf('list_workflows', 'dynamodb:UpdateItem')).to.deep.equal([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'cursors' } },
    ]);
  });

  it('grants a plain model by its own ARN', () => {
    const model = { modelId: 'amazon.nova-lite-v1:0', modelRegions: ['ap-northeast-1'] };
    expect(modelsWith(model)).to.deep.equal([foundation('ap-northeast-1', 'amazon.nova-lite-v1:0')]);
  });

  it('grants the models of versions that may still run as it grants the model of the newest', () => {
    const previous = 'jp.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const previousProfile = `arn:aws:bedrock:ap-northeast-1:123456789012:inference-profile/${previous}`;
    expect(modelsWith({ previousModelIds: [previous, 'amazon.nova-lite-v1:0'] })).to.have.members([
      ...modelsWith({}),
      previousProfile,
      ...['ap-northeast-1', 'ap-northeast-3'].map(
        (region) => `${foundation(region, previous.replace('jp.', ''))} through ${previousProfile}`,
      ),
      // A model that is no profile runs where it is called.
      foundation('ap-northeast-1', 'amazon.nova-lite-v1:0'),
    ]);
  });

  it('grants a version that called a profile its regions, when the newest calls a plain model', () => {
    const { modelId } = settings.dev;
    const changed = modelsWith({ modelId: 'amazon.nova-lite-v1:0', previousModelIds: [modelId] });
    expect(changed).to.have.members([...modelsWith({}), foundation('ap-northeast-1', 'amazon.nova-lite-v1:0')]);
  });

  it('gives a new version another model, and leaves the others what they call', () => {
    const previousModelIds = [settings.dev.modelId];
    const modelId = 'jp.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const stage = synthesizeStage('dev', { ...settings, dev: { ...settings.dev, modelId, previousModelIds } });
    const { environment } = resourceOf(stage, 'aws_lambda_function', 'generate_tasks_function');
    expect(JSON.stringify(environment)).to.contain(`"MODEL_ID":"${modelId}"`);
  });

  it('lets only Lambda take the functions’ roles, and only this account’s Step Functions the state machine’s', () => {
    for (const [name, role] of Object.entries(resourcesOf(dev, 'aws_iam_role'))) {
      const isWorkflow = name === 'workflow_role';
      const [trust, ...more] = statementsOf(role.assume_role_policy);
      expect(more).to.deep.equal([]);
      expect(trust?.Action).to.deep.equal(['sts:AssumeRole']);
      expect(trust?.Principal).to.deep.equal({ Service: isWorkflow ? 'states.amazonaws.com' : 'lambda.amazonaws.com' });
      const condition = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
      expect(trust?.Condition, name).to.deep.equal(isWorkflow ? condition : undefined);
    }
  });
});
