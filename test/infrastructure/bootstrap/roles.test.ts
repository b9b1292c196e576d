import { expect } from 'chai';
import { FRONT_GRANTS } from '../../../modules/bootstrap/front-grants.ts';
import { TAGGED, TAGGING } from '../../../modules/bootstrap/grant.ts';
import { ROLE_GRANTS } from '../../../modules/bootstrap/role-grants.ts';
import { WORKFLOW_GRANTS } from '../../../modules/bootstrap/workflow-grants.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import {
  at,
  bare,
  dev,
  full,
  prod,
  resourcesOf,
  type Synthesized,
  statementsOf,
  synthesizeBootstrap,
  synthesizeStage,
  withProd,
} from '../synthesized.ts';
import { arnsIn, grantedTo, isAllowed, matches } from './policies.ts';

const GRANTS = [...WORKFLOW_GRANTS, ...FRONT_GRANTS, ...ROLE_GRANTS];
const bootstraps = { dev: synthesizeBootstrap('dev'), prod: synthesizeBootstrap('prod') };
const stacks = { dev, prod };

/** Actions that answer with what people wrote, or what is theirs, or with secrets. */
const DATA = [
  ...['BatchGetItem', 'GetItem', 'Query', 'Scan', 'TransactGetItems', 'GetRecords', 'GetShardIterator'],
  ...['PartiQLSelect', 'ExportTableToPointInTime', 'RestoreTableToPointInTime', 'CreateBackup'],
].map((operation) => `dynamodb:${operation}`);
DATA.push(
  ...['ReceiveMessage', 'StartMessageMoveTask'].map((operation) => `sqs:${operation}`),
  ...['GetObjectVersion', 'GetObjectAttributes', 'GetObjectTorrent', 'SelectObjectContent'].map((of) => `s3:${of}`),
  ...[
    'GetLogEvents',
    'FilterLogEvents',
    'StartQuery',
    'GetQueryResults',
    'StartLiveTail',
    'GetLogRecord',
    'Unmask',
  ].map((operation) => `logs:${operation}`),
  ...['GetExecutionHistory', 'DescribeExecution', 'ListExecutions', 'DescribeMapRun', 'StartExecution'].map(
    (operation) => `states:${operation}`,
  ),
  ...['ListUsers', 'AdminGetUser', 'AdminInitiateAuth', 'ListUsersInGroup', 'GetUser'].map((of) => `cognito-idp:${of}`),
  ...['kms:Decrypt', 'kms:CreateGrant', 'lambda:InvokeFunction', 'bedrock:InvokeModel', 'sns:ListSubscriptions'],
  ...['secretsmanager:GetSecretValue', 'ssm:GetParameter', 'xray:BatchGetTraces', 'cloudtrail:LookupEvents'],
);

for (const stage of ['dev', 'prod'] as const) {
  const bootstrap = bootstraps[stage];
  const { region, account, stateBucket } = settings[stage];
  const state = `\${aws_s3_bucket.state_bucket.arn}/goal-activity-${stage}/terraform.tfstate`;

  describe(`role of GitHub that plans ${stage}`, () => {
    const granted = grantedTo(bootstrap, 'plan');

    it('reads settings alone: no action of it changes anything or answers with data', () => {
      const actions = granted.flatMap(({ Action }) => Action);
      expect(actions).to.have.length.greaterThan(40);
      for (const action of actions) {
        expect(action).to.match(/^[\w-]+:(Describe|Get|List|Validate)\w+$|^apigateway:GET$/);
        expect(DATA).to.not.include(action);
      }
      expect(granted.map(({ Effect }) => Effect)).to.not.include('Deny');
    });

    it('opens two objects: the state of the stage, and the settings of the page, which Terraform wrote', () => {
      const opened = granted.filter(({ Action }) => Action.some((action) => /^s3:GetObject\b/.test(action)));
      expect(opened.flatMap(({ Resource }) => Resource)).to.have.members([
        state,
        `arn:aws:s3:::${String(at(stacks[stage], 'aws_s3_bucket.website_store_bucket').bucket)}/config.json`,
      ]);
    });

    it('is taken by pull requests, tags and the main branch of the repository, which no other can claim to be', () => {
      const [trust] = statementsOf(at(bootstrap, 'aws_iam_role.github_plan_role'));
      expect(trust).to.deep.include({
        Principal: { Federated: '${aws_iam_openid_connect_provider.github_provider.arn}' },
        Condition: {
          StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
          StringLike: {
            'token.actions.githubusercontent.com:sub': ['pull_request', 'ref:refs/tags/v*', 'ref:refs/heads/main'].map(
              (subject) => `repo:example/goal-activity:${subject}`,
            ),
          },
        },
      });
    });
  });

  describe(`role of GitHub that deploys ${stage}`, () => {
    const granted = grantedTo(bootstrap, 'deploy');
    const arns = arnsIn(stacks[stage], region, account);

    it('may change every resource of the stage by its name', () => {
      expect(arns.size).to.be.greaterThan(100);
      for (const [address, arn] of arns) {
        const change = granted.filter(({ Action }) => Action.some((action) => /:(Create|Put|Update)/.test(action)));
        const patterns = change.flatMap(({ Resource = [] }) => Resource.filter((of) => of !== '*'));
        expect(
          patterns.some((pattern) => matches(pattern, arn)),
          `${address} ${arn}`,
        ).to.equal(true);
      }
    });

    it('is taken in the environment of the stage alone', () => {
      const [trust] = statementsOf(at(bootstrap, 'aws_iam_role.github_deploy_role'));
      expect(trust?.Condition?.StringLike).to.deep.equal({
        'token.actions.githubusercontent.com:sub': [`repo:example/goal-activity:environment:${stage}`],
      });
    });

    it('touches no stage whose name begins like its own, nor what the bootstrap made but for state and lock', () => {
      const others = arnsIn(
        JSON.parse(JSON.stringify(stacks[stage]).replaceAll(`-${stage}`, `-${stage}2`)),
        region,
        account,
      );
      const own = Object.keys(resourcesOf(bootstrap, 'aws_iam_role')).map(
        (name) => `arn:aws:iam::${account}:role/${String(at(bootstrap, `aws_iam_role.${name}`).name)}`,
      );
      for (const arn of [...others.values(), ...own, `arn:aws:s3:::${stateBucket}`]) {
        for (const { Resource = [] } of granted)
          for (const pattern of Resource.filter((of) => of !== '*' && !of.includes('${'))) {
            expect(matches(pattern, arn), `${pattern} is ${arn}`).to.equal(false);
          }
      }
      const inBucket = granted.filter(({ Resource = [] }) => Resource.some((of) => of.includes('state_bucket')));
      expect(inBucket.map(({ Action, Resource }) => [Action, Resource])).to.have.deep.members([
        [['s3:ListBucket'], ['${aws_s3_bucket.state_bucket.arn}']],
        [['s3:GetObject'], [state]],
        [['s3:PutObject'], [state]],
        [['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [`${state}.tflock`]],
      ]);
    });

    it('gives itself no more: roles are made and get policies under the boundary alone, and are passed to two services', () => {
      const boundary = `arn:aws:iam::${account}:policy/goal-activity-bootstrap-${stage}-${region}-boundary`;
      const ours = `arn:aws:iam::${account}:role/goal-activity-${stage}-*`;
      const of = (action: string) =>
        granted
          .filter(({ Action }) => Action.includes(action))
          .map(({ Resource, Condition }) => [Resource, Object.values(Condition ?? {})]);
      for (const action of ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'])
        expect(of(action), action).to.deep.equal([[[ours], [{ 'iam:PermissionsBoundary': boundary }]]]);
      expect(of('iam:PassRole')).to.deep.equal(
        ['lambda', 'states'].map((service) => [[ours], [{ 'iam:PassedToService': `${service}.amazonaws.com` }]]),
      );
      const actions = granted.flatMap(({ Action }) => Action);
      expect(actions.filter((action) => action.startsWith('sts:'))).to.deep.equal([]);
      expect(
        actions.filter((action) => /^iam:\w*(Policy|Boundary|User|Group|Provider|AccessKey)\w*$/.test(action)).sort(),
      ).to.deep.equal([
        ...['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
        'iam:UpdateAssumeRolePolicy',
      ]);
    });
  });
}

describe('grants of GitHub’s roles', () => {
  const types = new Set([dev, prod, full, bare].flatMap(({ resource }) => Object.keys(resource)));

  it('are there for every resource type that a stage can have, and for no other', () => {
    expect([...new Set(GRANTS.flatMap((grant) => grant.types))].sort()).to.deep.equal([...types].sort());
    for (const type of types) {
      const grants = GRANTS.filter((grant) => grant.types.includes(type));
      expect(
        grants.some(({ read }) => read !== undefined),
        `a plan reads ${type}`,
      ).to.equal(true);
      expect(
        grants.some(({ change }) => change !== undefined),
        `a deploy changes ${type}`,
      ).to.equal(true);
    }
  });

  it('know what is the stage’s by tags that its provider puts on everything', () => {
    const tags = Object.entries({ ...TAGGED, ...TAGGING }).map(([key, value]) => [key.split('/')[1], value]);
    const [defaults] = [prod.provider.aws[0].default_tags].flat();
    expect(Object(defaults).tags).to.deep.include({ ...Object.fromEntries(tags), Stage: 'prod' });
    expect(new Set(tags.map(([tag]) => tag))).to.deep.equal(new Set(['Project', 'Stage']));
  });

  it('let a deploy remove tables, buckets and users of a stage without deletionProtection, and of no other', () => {
    const removing = [
      'dynamodb:DeleteTable',
      's3:DeleteBucket',
      's3:DeleteObjectVersion',
      'cognito-idp:DeleteUserPool',
    ];
    const allowedIn = (bootstrap: Synthesized) => {
      const actions = grantedTo(bootstrap, 'deploy').flatMap(({ Action }) => Action);
      return removing.filter((action) => actions.includes(action));
    };
    expect(allowedIn(bootstraps.dev)).to.deep.equal(removing);
    expect(allowedIn(bootstraps.prod)).to.deep.equal([]);
  });

  it('fit into policies of IAM for the longest names, with an id for each statement of its own', () => {
    const domain = (name: string, region: string) => ({
      domainName: `${name}.example.com`,
      certificateArn: `arn:aws:acm:${region}:111122223333:certificate/11111111-2222-3333-4444-555555555555`,
      zoneId: `Z${'0'.repeat(31)}`,
    });
    const longest = {
      ...settings.prod,
      region: 'ap-southeast-1',
      deletionProtection: false,
      domain: domain('api', 'ap-southeast-1'),
      websiteDomain: { ...domain('app', 'us-east-1'), zoneId: `Z${'1'.repeat(31)}` },
    };
    const stage = 'twelveletter';
    const policies = resourcesOf(synthesizeBootstrap(stage, { [stage]: longest }), 'aws_iam_policy');
    for (const [name, of] of Object.entries(policies)) {
      expect(String(of.policy).length, name).to.be.within(1, 6144);
      const ids = statementsOf(of).map(({ Sid }) => Sid);
      expect(new Set(ids).size, name).to.equal(ids.length);
    }
  });
});

describe('permissions boundary', () => {
  /** The ARN that a role's statement is about, where it stands as a reference to a resource of the stack. */
  const resolved = (stack: Synthesized, resource: string) => {
    const arns = arnsIn(stack, settings.prod.region, settings.prod.account);
    return resource.replace(/\$\{(\w+\.\w+)\.arn\}/, (_, address: string) =>
      address.startsWith('aws_kms_key.')
        ? `arn:aws:kms:${settings.prod.region}:${settings.prod.account}:key/1`
        : (arns.get(address) ?? address),
    );
  };

  it('lets every role of a stage do what its policy says', () => {
    const boundary = statementsOf(at(bootstraps.prod, 'aws_iam_policy.boundary'));
    for (const [name, of] of Object.entries(resourcesOf(prod, 'aws_iam_role_policy')))
      for (const { Action, Resource = [] } of statementsOf(of))
        for (const action of Action)
          for (const resource of Resource) {
            expect(isAllowed(boundary, action, resolved(prod, resource)), `${name}: ${action} ${resource}`).to.equal(
              true,
            );
          }
  });

  it('allows nothing of IAM, and nothing by a wildcard of actions', () => {
    const actions = statementsOf(at(bootstraps.prod, 'aws_iam_policy.boundary')).flatMap(({ Action }) => Action);
    for (const action of actions) expect(action).to.match(/^(?!iam|sts)[\w-]+:\w+$/);
  });

  it('is on every role of a stage; one that the settings name is on those of GitHub too, and ours is not made then', () => {
    const boundaries = (stack: Synthesized) =>
      new Set(Object.values(resourcesOf(stack, 'aws_iam_role')).map((of) => of.permissions_boundary));
    const ours = 'arn:aws:iam::111122223333:policy/goal-activity-bootstrap-prod-ap-northeast-1-boundary';
    expect(boundaries(prod)).to.deep.equal(new Set([ours]));
    expect(boundaries(bootstraps.prod)).to.deep.equal(new Set([undefined]));
    const theirs = 'arn:aws:iam::111122223333:policy/of-the-company';
    const named = withProd({ permissionsBoundary: theirs });
    const bootstrap = synthesizeBootstrap('prod', named);
    expect(boundaries(synthesizeStage('prod', named))).to.deep.equal(new Set([theirs]));
    expect(boundaries(bootstrap)).to.deep.equal(new Set([theirs]));
    expect(resourcesOf(bootstrap, 'aws_iam_policy')).to.not.have.property('boundary');
    const conditions = grantedTo(bootstrap, 'deploy').filter(({ Action }) => Action.includes('iam:CreateRole'));
    expect(conditions.map(({ Condition }) => Condition)).to.deep.equal([
      { StringEquals: { 'iam:PermissionsBoundary': theirs } },
    ]);
  });
});
