import {
  DeleteFunctionCommand,
  type LambdaClient,
  paginateListAliases,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda';
import {
  DeleteStateMachineVersionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListStateMachineAliasesCommand,
  ListStateMachineVersionsCommand,
  paginateListExecutions,
  type SFNClient,
} from '@aws-sdk/client-sfn';

/** The published versions of a function or of the state machine, by their numbers. */
export interface Versions {
  /** Newest first. */
  readonly kept: readonly number[];
  /** Oldest first. */
  readonly old: readonly number[];
}

/** What must be asked of, and done to, a stage. */
export interface Stage {
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly stateMachineArn: string;
  /** ARNs of the functions, without version. */
  readonly functionArns: readonly string[];
}

/** Which of a stage's versions are old. */
export interface Survey {
  readonly stateMachine: Versions;
  readonly functions: ReadonlyMap<string, Versions>;
}

/** Tells the `newest` versions and those in use from the old ones. */
export function divide(all: readonly number[], used: ReadonlySet<number>, newest: number): Versions {
  const sorted = all.toSorted((one, other) => other - one);
  const isKept = (version: number, index: number) => index < newest || used.has(version);
  return { kept: sorted.filter(isKept), old: sorted.filter((version, index) => !isKept(version, index)).reverse() };
}

/**
 * Finds the old versions: neither among the `newest`, nor behind an alias, nor of an execution that runs; and of a function, not
 * called by a version of the state machine that stays, by its newest definition, or by that of an execution that runs.
 */
export async function survey(stage: Stage, newest: number): Promise<Survey> {
  const { versions, definitions } = await surveyStateMachine(stage, newest);
  const functions = new Map<string, Versions>();
  for (const arn of stage.functionArns) {
    const used = new Set([...(await aliasedFunctionVersions(stage, arn)), ...versionsIn(definitions, arn)]);
    const all: number[] = [];
    for await (const { Versions = [] } of paginateListVersionsByFunction(
      { client: stage.lambda },
      { FunctionName: arn },
    )) {
      // The one without a number is $LATEST.
      all.push(...Versions.map(({ Version }) => Number(Version)).filter(Number.isInteger));
    }
    functions.set(arn, divide(all, used, newest));
  }
  return { stateMachine: versions, functions };
}

/** Deletes versions of the state machine. It goes before its functions, since it names their versions. */
export async function deleteStateMachineVersions(
  { sfn, stateMachineArn }: Stage,
  old: readonly number[],
): Promise<void> {
  await inTurn(old, (version) =>
    sfn.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${stateMachineArn}:${version}` })),
  );
}

/** Deletes versions of a function. Lambda refuses one that an alias has come to name in the meantime. */
export async function deleteFunctionVersions({ lambda }: Stage, arn: string, old: readonly number[]): Promise<void> {
  // A qualifier that is none would be the whole function.
  await inTurn(old, (version) =>
    lambda.send(new DeleteFunctionCommand({ FunctionName: arn, Qualifier: `${version}` })),
  );
}

/** @returns the versions, and every definition from which a function may still be called */
async function surveyStateMachine({ sfn, stateMachineArn }: Stage, newest: number) {
  const arns: string[] = [];
  for (let nextToken: string | undefined, isFirst = true; isFirst || nextToken !== undefined; isFirst = false) {
    const page = await sfn.send(new ListStateMachineVersionsCommand({ stateMachineArn, nextToken }));
    arns.push(
      ...(page.stateMachineVersions ?? []).flatMap(({ stateMachineVersionArn = [] }) => stateMachineVersionArn),
    );
    nextToken = page.nextToken;
  }
  const running = await versionsOfRunning(sfn, stateMachineArn);
  const used = [...running.keys(), ...(await aliasedStateMachineVersions(sfn, stateMachineArn))];
  const versions = divide(arns.map(numberOf), new Set(used.map(numberOf)), newest);
  const kept = [stateMachineArn, ...versions.kept.map((version) => `${stateMachineArn}:${version}`)];
  const described = await inTurn(kept, (arn) => sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn })));
  // Started without a version, or by one that somebody has deleted: the execution alone knows its definition.
  const alone = [...running].filter(([arn]) => !arns.includes(arn)).map(([, executionArn]) => executionArn);
  const ofExecutions = await inTurn(alone, (executionArn) =>
    sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
  );
  return { versions, definitions: [...described, ...ofExecutions].map(({ definition = '' }) => definition) };
}

/** @returns an execution that runs of each version, by the ARN of the version; those that have none by their own */
async function versionsOfRunning(client: SFNClient, stateMachineArn: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { executions = [] } of paginateListExecutions(
    { client },
    { stateMachineArn, statusFilter: 'RUNNING' },
  )) {
    for (const { executionArn = '', stateMachineVersionArn = executionArn } of executions) {
      found.set(stateMachineVersionArn, executionArn);
    }
  }
  return found;
}

/** @returns ARNs of the versions behind the state machine's aliases, of which AWS allows 100: one page, at most */
async function aliasedStateMachineVersions(sfn: SFNClient, stateMachineArn: string): Promise<readonly string[]> {
  const { stateMachineAliases = [] } = await sfn.send(
    new ListStateMachineAliasesCommand({ stateMachineArn, maxResults: 100 }),
  );
  const aliases = await inTurn(stateMachineAliases, ({ stateMachineAliasArn }) =>
    sfn.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn })),
  );
  return aliases.flatMap(({ routingConfiguration = [] }) =>
    routingConfiguration.flatMap(({ stateMachineVersionArn = [] }) => stateMachineVersionArn),
  );
}

/** @returns the versions to which an alias of the function leads, some of the time included */
async function aliasedFunctionVersions({ lambda }: Stage, arn: string): Promise<readonly number[]> {
  const versions: number[] = [];
  for await (const { Aliases = [] } of paginateListAliases({ client: lambda }, { FunctionName: arn })) {
    for (const { FunctionVersion, RoutingConfig } of Aliases) {
      versions.push(...[FunctionVersion, ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {})].map(Number));
    }
  }
  return versions;
}

/** The versions of a function that definitions call. */
function versionsIn(definitions: readonly string[], functionArn: string): readonly number[] {
  return definitions.flatMap((definition) =>
    definition
      .split(`${functionArn}:`)
      .slice(1)
      .map((rest) => Number.parseInt(rest, 10)),
  );
}

/** `7` of `arn:aws:states:…:stateMachine:goal-activity-dev:7`. */
const numberOf = (versionArn: string) => Number(versionArn.split(':').at(-1));

/** One after the other, since these calls of Step Functions are counted by the second. */
async function inTurn<Item, Result>(items: readonly Item[], call: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await call(item));
  return results;
}
