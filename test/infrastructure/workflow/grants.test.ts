import { expect } from 'chai';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { LAMBDAS, type LambdaName } from '../../../modules/workflow/function-table.ts';
import { FUNCTION_OF_PLACEHOLDER } from '../../../statemachine/definition.ts';
import {
  at,
  dev,
  type Resource,
  resourcesOf,
  sentencesOf,
  statementsOf,
  synthesizeStage,
  underscored,
  withSettings,
} from '../synthesized.ts';

const GOALS = 'table/~-goals';
const TASKS = 'table/~-tasks';
const EXECUTIONS = 'table/~-workflow-executions';
const TRACE = 'xray: PutTraceSegments PutTelemetryRecords';
const TOPIC_KEY =
  'kms: Decrypt GenerateDataKey -> ${aws_kms_key.topics_key.arn} if StringEquals kms:ViaService sns.ap-northeast-1.amazonaws.com';
const METRICS = 'cloudwatch: PutMetricData -> * if StringEquals cloudwatch:namespace GoalActivity/dev';
const ALERT = ['sns: Publish -> ~-alerts', TOPIC_KEY];
const STOP = 'states: StopExecution -> execution:~:*';
const REPAIR = [
  'states: StartExecution -> stateMachine:~ if ForAnyValue:StringEquals states:StateMachineQualifier live',
  'states: DescribeExecution -> execution:~:*',
  STOP,
];
const TAKE_BACK = `dynamodb: Query DeleteItem PutItem ConditionCheckItem -> ${TASKS}`;
const SETTLE = [`dynamodb: Query GetItem UpdateItem -> ${EXECUTIONS}`, `dynamodb: UpdateItem -> ${GOALS}`, TAKE_BACK];
const START = [
  `dynamodb: GetItem Query UpdateItem -> ${GOALS}`,
  `dynamodb: GetItem Query PutItem UpdateItem DeleteItem -> ${EXECUTIONS}`,
  `dynamodb: Query -> ${EXECUTIONS}/index/byRunning`,
  TAKE_BACK,
  ...REPAIR,
];
/** A profile, and the model in its regions through it alone. */
const ofProfile = (id: string) => [
  `bedrock: InvokeModel -> inference-profile/${id}`,
  `bedrock: InvokeModel -> ${['ap-northeast-1', 'ap-northeast-3']
    .map((region) => `arn:aws:bedrock:${region}::foundation-model/${id.replace('jp.', '')}`)
    .join(' ')} if StringEquals bedrock:InferenceProfileArn inference-profile/${id}`,
];
const MODEL = settings.dev.modelId;

/** What each function may do, besides logs and traces. One without a line may do nothing. */
const GRANTS: Readonly<Partial<Record<LambdaName, readonly string[]>>> = {
  'start-workflow': START,
  'retry-workflow': START,
  'list-workflows': [
    `dynamodb: Query -> ${EXECUTIONS}/index/byUser ${EXECUTIONS}/index/byGoal`,
    `dynamodb: UpdateItem -> ${GOALS} if ForAllValues:StringEquals dynamodb:LeadingKeys cursors`,
  ],
  'get-history': [`dynamodb: Query -> ${EXECUTIONS}`, 'states: GetExecutionHistory -> execution:~:*'],
  'validate-input': [`dynamodb: GetItem -> ${GOALS}`, `dynamodb: GetItem UpdateItem -> ${EXECUTIONS}`],
  'get-actions': [`dynamodb: Query -> ${GOALS}`],
  'create-batches': [`dynamodb: UpdateItem -> ${EXECUTIONS}`],
  'generate-tasks': [
    `dynamodb: Query -> ${GOALS}`,
    `dynamodb: Query -> ${TASKS}`,
    `dynamodb: Query UpdateItem -> ${EXECUTIONS}`,
    ...ofProfile(MODEL),
  ],
  'save-tasks': [
    `dynamodb: PutItem Query DeleteItem -> ${TASKS}`,
    `dynamodb: Query UpdateItem GetItem -> ${EXECUTIONS}`,
  ],
  'update-progress': [`dynamodb: Query GetItem UpdateItem -> ${EXECUTIONS}`],
  'aggregate-results': [`dynamodb: Query UpdateItem -> ${EXECUTIONS}`],
  'update-goal-status': [
    `dynamodb: Query GetItem UpdateItem -> ${EXECUTIONS}`,
    `dynamodb: UpdateItem -> ${GOALS}`,
    METRICS,
  ],
  'get-status': [...SETTLE, ...REPAIR],
  'cancel-workflow': [...SETTLE, STOP],
  'handle-error': [...SETTLE, ...ALERT, METRICS, 'sqs: SendMessage -> ~-dead-letters'],
  'reconcile-executions': [
    ...SETTLE,
    `dynamodb: Query -> ${EXECUTIONS}/index/byRunning`,
    ...REPAIR,
    ...ALERT,
    METRICS,
    'sqs: SendMessage -> ~-sweep-dead-letters',
  ],
  'archive-executions': [
    `dynamodb: Query UpdateItem -> ${EXECUTIONS}`,
    `dynamodb: Query -> ${EXECUTIONS}/index/byRunning`,
    's3: PutObject -> arn:aws:s3:::~-ap-northeast-1-archive-123456789012/executions/*',
    METRICS,
    'sqs: SendMessage -> ~-archive-dead-letters',
  ],
  goals: [
    `dynamodb: PutItem GetItem Query UpdateItem DeleteItem ConditionCheckItem -> ${GOALS}`,
    `dynamodb: Query -> ${GOALS}/index/byUser`,
    `dynamodb: GetItem Query PutItem UpdateItem DeleteItem -> ${TASKS}`,
    `dynamodb: GetItem -> ${EXECUTIONS} if ForAllValues:StringEquals dynamodb:LeadingKeys pace`,
  ],
};

const policyOf = (owner: string, synthesized = dev) =>
  at(synthesized, `aws_iam_role_policy.${underscored(owner)}_policy`);

/** Expects a policy to say this, in statements that have names of their own. */
function expectGrants(policy: Resource, sentences: readonly string[]): void {
  expect(sentencesOf(policy)).to.have.members([...sentences]);
  expect(new Set(statementsOf(policy).map(({ Sid }) => Sid)).size).to.equal(sentences.length);
}

describe('least privilege', () => {
  it('gives every function a role and a policy of its own, and no role beyond them and the state machine', () => {
    const owners = [...LAMBDAS.map(underscored), 'workflow'];
    expect(Object.keys(resourcesOf(dev, 'aws_iam_role'))).to.have.members(owners.map((owner) => `${owner}_role`));
    const policies = Object.entries(resourcesOf(dev, 'aws_iam_role_policy')).map(([name, { role }]) => [name, role]);
    expect(policies).to.have.deep.members(
      owners.map((owner) => [`${owner}_policy`, `\${aws_iam_role.${owner}_role.name}`]),
    );
    expect(Object.keys(dev.resource).filter((type) => type.startsWith('aws_iam_'))).to.have.length(2);
  });

  for (const lambda of LAMBDAS) {
    it(`lets ${lambda} do exactly what it needs, on exactly that`, () => {
      const logs = `logs: CreateLogStream PutLogEvents -> \${aws_cloudwatch_log_group.${underscored(lambda)}_logs.arn}:*`;
      expectGrants(policyOf(lambda), [logs, `${TRACE} -> *`, ...(GRANTS[lambda] ?? [])]);
    });
  }

  it('lets the state machine call its steps, publish, deliver logs and trace, and nothing else', () => {
    const steps = Object.values(FUNCTION_OF_PLACEHOLDER).map(underscored);
    expectGrants(policyOf('workflow'), [
      `lambda: InvokeFunction -> ${steps.map((step) => `\${aws_lambda_function.${step}_function.arn}:*`).join(' ')}`,
      'sns: Publish -> ~-alerts ~-notices',
      TOPIC_KEY,
      `logs: ${['Create', 'Get', 'Update', 'Delete'].map((verb) => `${verb}LogDelivery`).join(' ')} ListLogDeliveries PutResourcePolicy DescribeResourcePolicies DescribeLogGroups -> *`,
      `${TRACE} GetSamplingRules GetSamplingTargets -> *`,
    ]);
  });

  it('lets only Lambda take the functions’ roles, and only this account’s Step Functions the state machine’s', () => {
    for (const [name, role] of Object.entries(resourcesOf(dev, 'aws_iam_role')))
      expect(sentencesOf(role), name).to.deep.equal([
        name === 'workflow_role'
          ? 'sts: AssumeRole by states.amazonaws.com if StringEquals aws:SourceAccount 123456789012'
          : 'sts: AssumeRole by lambda.amazonaws.com',
      ]);
  });
});

describe('the model that generate-tasks may call', () => {
  const PLAIN = 'amazon.nova-lite-v1:0';
  const PREVIOUS = 'jp.anthropic.claude-sonnet-4-5-20250929-v1:0';
  const ofPlain = `bedrock: InvokeModel -> arn:aws:bedrock:ap-northeast-1::foundation-model/${PLAIN}`;

  for (const [what, changes, expected] of [
    ['is a plain model by its own ARN', { modelId: PLAIN, modelRegions: ['ap-northeast-1'] }, [ofPlain]],
    [
      'is that of versions that may still run, too',
      { previousModelIds: [PREVIOUS, PLAIN] },
      [...ofProfile(MODEL), ...ofProfile(PREVIOUS), ofPlain],
    ],
    [
      'is a profile in its regions, when only a version of before called it',
      { modelId: PLAIN, previousModelIds: [MODEL] },
      [ofPlain, ...ofProfile(MODEL)],
    ],
  ] as const) {
    it(what, () => {
      const policy = policyOf('generate-tasks', synthesizeStage('dev', withSettings('dev', changes)));
      const others = sentencesOf(policy).filter((text) => !text.startsWith('bedrock'));
      expectGrants(policy, [...others, ...expected]);
    });
  }
});
