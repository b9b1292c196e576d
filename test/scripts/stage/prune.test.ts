import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import {
  deleteFunctionVersions,
  deleteStateMachineVersions,
  divide,
  type Stage,
  survey,
} from '../../../scripts/stage/versions.ts';
import { grantedTo } from '../../infrastructure/bootstrap/policies.ts';
import { synthesizeBootstrap } from '../../infrastructure/synthesized.ts';

const MACHINE = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:goal-activity-dev';
const SAVE = 'arn:aws:lambda:ap-northeast-1:123456789012:function:goal-activity-dev-save-tasks';
const GOALS = 'arn:aws:lambda:ap-northeast-1:123456789012:function:goal-activity-dev-goals';
const EXECUTION = MACHINE.replace('stateMachine', 'execution');
const CONFIG = { region: 'ap-northeast-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } };

/** What there is of a stage. Definitions are those of the state machine's versions, by number; 0 is the newest, without version. */
interface Deployed {
  readonly versions: readonly number[];
  readonly definitions: Readonly<Record<number, string>>;
  readonly machineAliases?: readonly (readonly number[])[];
  /** The version of each execution that runs, or the definition of one that has none. */
  readonly running?: readonly (number | string)[];
  readonly functions: Readonly<
    Record<string, { versions: readonly number[]; aliases?: readonly (readonly number[])[] }>
  >;
}

const calls = (...versions: readonly number[]) => versions.map((version) => `"Resource":"${SAVE}:${version}"`).join();

/** A page of two, and where the next begins. */
function page<Item>(items: readonly Item[], from: unknown): { items: readonly Item[]; next: string | undefined } {
  const start = Number(from ?? 0);
  return { items: items.slice(start, start + 2), next: start + 2 < items.length ? `${start + 2}` : undefined };
}

/** The answers of Step Functions and Lambda about it, in pages of two. */
function answer(of: Deployed, call: string | undefined, input: Readonly<Record<string, unknown>>): object {
  const arn = String(input.stateMachineArn ?? input.stateMachineAliasArn ?? input.executionArn);
  const last = Number(arn.split(':').at(-1));
  const { versions: ofFunction = [], aliases = [] } = of.functions[String(input.FunctionName)] ?? {};
  switch (call) {
    case 'ListStateMachineVersionsCommand': {
      const { items, next } = page(of.versions, input.nextToken);
      return {
        nextToken: next,
        stateMachineVersions: items.map((v) => ({ stateMachineVersionArn: `${MACHINE}:${v}` })),
      };
    }
    case 'ListStateMachineAliasesCommand':
      return {
        stateMachineAliases: (of.machineAliases ?? []).map((_, i) => ({ stateMachineAliasArn: `${MACHINE}:${i}` })),
      };
    case 'DescribeStateMachineAliasCommand':
      return {
        routingConfiguration: of.machineAliases?.[last]?.map((v) => ({ stateMachineVersionArn: `${MACHINE}:${v}` })),
      };
    case 'DescribeStateMachineCommand':
      return { definition: of.definitions[Number.isNaN(last) ? 0 : last] };
    case 'DescribeStateMachineForExecutionCommand': {
      const version = of.running?.[last] ?? '';
      return { definition: typeof version === 'string' ? version : of.definitions[version] };
    }
    case 'ListExecutionsCommand': {
      const { items, next } = page(
        (of.running ?? []).map((version, i) => [version, i] as const),
        input.nextToken,
      );
      const executions = items.map(([version, i]) => ({
        executionArn: `${EXECUTION}:${i}`,
        ...(typeof version === 'string' ? {} : { stateMachineVersionArn: `${MACHINE}:${version}` }),
      }));
      return { executions: input.statusFilter === 'RUNNING' ? executions : [], nextToken: next };
    }
    case 'ListVersionsByFunctionCommand': {
      const { items, next } = page(['$LATEST', ...ofFunction], input.Marker);
      return { NextMarker: next, Versions: items.map((Version) => ({ Version: `${Version}` })) };
    }
    case 'ListAliasesCommand': {
      const { items, next } = page(aliases, input.Marker);
      const weights = (others: readonly number[]) => Object.fromEntries(others.map((version) => [version, 0.1]));
      return {
        NextMarker: next,
        Aliases: items.map(([version, ...others]) => ({
          FunctionVersion: `${version}`,
          RoutingConfig: { AdditionalVersionWeights: weights(others) },
        })),
      };
    }
    default:
      return {};
  }
}

/** A stage whose clients answer so, the calls that deleted something, and the IAM actions of all calls. */
function stageOf(deployed: Deployed): { stage: Stage; deleted: object[]; actions: Set<string> } {
  const [lambda, sfn] = [new LambdaClient(CONFIG), new SFNClient(CONFIG)];
  const deleted: object[] = [];
  const actions = new Set<string>();
  const reply = (service: string, commandName: string, input: object) => {
    actions.add(`${service}:${commandName.replace(/Command$/, '')}`);
    if (commandName.startsWith('Delete')) deleted.push(input);
    return { response: {}, output: { $metadata: {}, ...answer(deployed, commandName, { ...input }) } };
  };
  const first = { step: 'initialize' } as const;
  lambda.middlewareStack.add(
    (_, { commandName = '' }) =>
      async ({ input }) =>
        reply('lambda', commandName, input),
    first,
  );
  sfn.middlewareStack.add(
    (_, { commandName = '' }) =>
      async ({ input }) =>
        reply('states', commandName, input),
    first,
  );
  return {
    stage: { lambda, sfn, stateMachineArn: MACHINE, functionArns: Object.keys(deployed.functions) },
    deleted,
    actions,
  };
}

/** What is old of a stage of which the `newest` are kept. */
async function oldOf(deployed: Deployed, newest: number) {
  const { stateMachine, functions } = await survey(stageOf(deployed).stage, newest);
  return { machine: stateMachine.old, save: functions.get(SAVE)?.old };
}

describe('old versions', () => {
  const to = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
  const save = (last: number, ...aliases: readonly number[][]) => ({ [SAVE]: { versions: to(last), aliases } });
  const newest = { 0: '', 5: '', 4: '' };

  for (const [title, deployed, expected] of [
    [
      'are all but the newest',
      { versions: to(5), definitions: newest, functions: save(5) },
      { machine: [1, 2, 3], save: [1, 2, 3] },
    ],
    [
      'are none where there are few',
      { versions: to(2), definitions: {}, functions: save(2) },
      { machine: [], save: [] },
    ],
    [
      'are none behind an alias, were it for a tenth of the calls',
      { versions: to(5), definitions: newest, machineAliases: [[5], [3, 1]], functions: save(5, [5], [5], [2, 3]) },
      { machine: [2], save: [1] },
    ],
    [
      'are none that a version of the state machine calls which stays',
      { versions: to(5), definitions: { ...newest, 4: calls(2), 1: calls(1) }, functions: save(5) },
      { machine: [1, 2, 3], save: [1, 3] },
    ],
    [
      'are none that the newest definition calls, where the state machine has no versions',
      { versions: [], definitions: { 0: calls(1, 3) }, functions: save(5) },
      { machine: [], save: [2] },
    ],
    [
      'are none of an execution that runs, nor what its definition calls',
      { versions: to(5), definitions: { ...newest, 2: calls(1) }, running: [5, 5, 2], functions: save(5) },
      { machine: [1, 3], save: [2, 3] },
    ],
    [
      'are none that an execution calls whose version is deleted, or never was',
      { versions: [3, 4, 5], definitions: { ...newest, 1: calls(1) }, running: [1, calls(3)], functions: save(5) },
      { machine: [3], save: [2] },
    ],
    [
      'are told from those of a function whose name is longer',
      { versions: [], definitions: { 0: `${SAVE}-2:1 ${SAVE}` }, functions: save(3) },
      { machine: [], save: [1] },
    ],
  ] as const) {
    it(title, async () => {
      expect(await oldOf(deployed, 2)).to.deep.equal(expected);
    });
  }

  it('are found and deleted with what the role of GitHub that deploys may do, of a protected stage too', async () => {
    const { stage, actions } = stageOf({
      versions: [2, 1],
      definitions: {},
      machineAliases: [[2]],
      running: [calls(1)],
      functions: save(1, [1]),
    });
    await survey(stage, 1);
    await deleteStateMachineVersions(stage, [1]);
    await deleteFunctionVersions(stage, SAVE, [1]);
    const granted = grantedTo(synthesizeBootstrap('prod'), 'deploy').flatMap(({ Action }) => Action);
    expect(actions).to.have.lengthOf(10);
    expect(granted).to.include.members([...actions]);
  });

  it('are told apart by number, not by place', () => {
    expect(divide([10, 9, 2, 11], new Set([2]), 2)).to.deep.equal({ kept: [11, 10, 2], old: [9] });
  });

  it('are deleted one by one, each by its number', async () => {
    const { stage, deleted } = stageOf({ versions: [], definitions: {}, functions: {} });
    await deleteStateMachineVersions(stage, [1, 3]);
    await deleteFunctionVersions(stage, GOALS, [2, 7]);
    expect(deleted).to.deep.equal([
      { stateMachineVersionArn: `${MACHINE}:1` },
      { stateMachineVersionArn: `${MACHINE}:3` },
      { FunctionName: GOALS, Qualifier: '2' },
      { FunctionName: GOALS, Qualifier: '7' },
    ]);
  });
});

describe('scripts/stage/prune.ts', () => {
  function run(environment: Readonly<Record<string, string>>, ...given: readonly string[]) {
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
    const script = join(import.meta.dirname, '../../../scripts/stage/prune.ts');
    const env = { PATH, NODE_COMPILE_CACHE, AWS_EC2_METADATA_DISABLED: 'true', ...environment };
    return spawnSync(process.execPath, [script, ...given], { env, encoding: 'utf8' });
  }

  it('explains itself', () => {
    const { status, stdout } = run({}, '--help');
    expect({ status, stdout: stdout.split('\n')[0] }).to.deep.equal({
      status: 0,
      stdout: "make prune STAGE=dev [DRY_RUN=1]: deletes old versions of a stage's functions and of its state machine",
    });
  });

  for (const [title, environment, message] of [
    ['a stage that nobody has', { STAGE: 'x' }, /^STAGE is "x", but must be one of/],
    ['an emulator behind a real stage', { AWS_ENDPOINT_URL: 'http://localhost:1' }, /^dev is a stage of AWS, but/],
  ] as const) {
    it(`refuses ${title} with the message alone`, () => {
      const { status, stderr } = run(environment);
      expect(status).to.equal(1);
      expect(stderr).to.match(message);
    });
  }
});
