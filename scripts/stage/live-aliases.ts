import {
  type AliasConfiguration,
  GetAliasCommand,
  type LambdaClient,
  ResourceNotFoundException,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import {
  DescribeStateMachineAliasCommand,
  ResourceNotFound,
  type SFNClient,
  UpdateStateMachineAliasCommand,
} from '@aws-sdk/client-sfn';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { LIVE } from '../../modules/names.ts';

/** Share of the calls by version. */
const weights = { type: 'object', additionalProperties: { type: 'number' } } as const;

/** Where every alias `live` of a stage leads; what is left out has none. */
export const savedSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['stage', 'savedAt', 'functions'],
  properties: {
    stage: { type: 'string' },
    savedAt: { type: 'string' },
    functions: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['version', 'others'],
        properties: {
          version: { type: 'string' },
          /** Shares, from 0 to 1, of the versions besides it. */
          others: weights,
        },
      },
    },
    stateMachine: {
      type: 'object',
      additionalProperties: false,
      required: ['aliasArn', 'routing'],
      properties: {
        aliasArn: { type: 'string' },
        /** Percent by the version's ARN. */
        routing: weights,
      },
    },
  },
} as const satisfies JSONSchema;

export type Saved = FromSchema<typeof savedSchema>;
type SavedFunction = Saved['functions'][string];
type Routing = NonNullable<Saved['stateMachine']>['routing'];

/** The aliases of a stage. */
export class LiveAliases {
  readonly #lambda: LambdaClient;
  readonly #sfn: SFNClient;

  constructor(lambda: LambdaClient, sfn: SFNClient) {
    this.#lambda = lambda;
    this.#sfn = sfn;
  }

  /** @returns undefined where the function, or its alias, is not there */
  async #alias(FunctionName: string): Promise<AliasConfiguration | undefined> {
    try {
      return await this.#lambda.send(new GetAliasCommand({ FunctionName, Name: LIVE }));
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException) return undefined;
      throw thrown;
    }
  }

  async #routing(stateMachineAliasArn: string): Promise<Routing | undefined> {
    try {
      const alias = await this.#sfn.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
      const routes = alias.routingConfiguration ?? [];
      return Object.fromEntries(routes.map(({ stateMachineVersionArn, weight }) => [stateMachineVersionArn, weight]));
    } catch (thrown) {
      if (thrown instanceof ResourceNotFound) return undefined;
      throw thrown;
    }
  }

  /** @param aliasArn of the state machine's alias; undefined for a stage without versions of it */
  async read(
    functionNames: readonly string[],
    aliasArn: string | undefined,
  ): Promise<Pick<Saved, 'functions' | 'stateMachine'>> {
    const functions: Record<string, SavedFunction> = {};
    for (const name of functionNames) {
      const alias = await this.#alias(name);
      if (alias !== undefined) functions[name] = savedOf(alias);
    }
    const routing = aliasArn === undefined ? undefined : await this.#routing(aliasArn);
    return { functions, ...(routing && aliasArn ? { stateMachine: { aliasArn, routing } } : {}) };
  }

  /**
   * Moves one function's alias back, if it leads elsewhere now. A move by somebody else in the same moment is refused by Lambda.
   * @returns what was done, in words; undefined when it led there already
   * @throws MissingAlias when it is not there any more
   */
  async restoreFunction(FunctionName: string, saved: SavedFunction): Promise<string | undefined> {
    const alias = await this.#alias(FunctionName);
    if (alias === undefined) throw new MissingAlias(`${FunctionName} has no alias ${LIVE} any more`);
    const now = savedOf(alias);
    if (isSame({ [now.version]: 1, ...now.others }, { [saved.version]: 1, ...saved.others })) return undefined;
    await this.#lambda.send(
      new UpdateAliasCommand({
        FunctionName,
        Name: LIVE,
        FunctionVersion: saved.version,
        RoutingConfig: { AdditionalVersionWeights: saved.others },
        RevisionId: alias.RevisionId,
      }),
    );
    return `${FunctionName}: from version ${now.version} back to ${saved.version}`;
  }

  /** As `restoreFunction`, of the state machine. */
  async restoreStateMachine({ aliasArn, routing }: NonNullable<Saved['stateMachine']>): Promise<string | undefined> {
    const now = await this.#routing(aliasArn);
    if (now === undefined) throw new MissingAlias(`${aliasArn} is not there any more`);
    if (isSame(now, routing)) return undefined;
    const routingConfiguration = Object.entries(routing).map(([stateMachineVersionArn, weight]) => ({
      stateMachineVersionArn,
      weight,
    }));
    await this.#sfn.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn: aliasArn, routingConfiguration }));
    return `${aliasArn}: from version ${numbers(now)} back to ${numbers(routing)}`;
  }
}

/** An alias that was saved is gone, so it cannot be moved. */
export class MissingAlias extends Error {
  override readonly name = 'MissingAlias';
}

const savedOf = ({ FunctionVersion = '', RoutingConfig }: AliasConfiguration): SavedFunction => ({
  version: FunctionVersion,
  others: { ...RoutingConfig?.AdditionalVersionWeights },
});

function isSame(one: Routing, other: Routing): boolean {
  const entries = Object.entries(one);
  return (
    entries.length === Object.keys(other).length && entries.every(([version, weight]) => other[version] === weight)
  );
}

/** `7`, or `7 and 8` while two versions share the executions. */
const numbers = (routing: Routing) =>
  Object.keys(routing)
    .map((arn) => arn.split(':').at(-1))
    .join(' and ');
