import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { defined } from '../defined.ts';
import { LIVE } from '../names.ts';
import { allow, policyDocument, type Statement, trustPolicy } from '../policy-document.ts';
import { hasPart } from '../settings-schema.ts';
import { SynthError } from '../synth-error.ts';
import { environmentOf, FUNCTIONS, type FunctionSpec, type LambdaName } from './function-table.ts';
import { variablesOf } from './variables.ts';

/** How X-Ray is written to; the service has no resources to name, so AWS forces the wildcard. */
const WRITE_TRACES = allow('Trace', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);

/** AI calls that one run has in flight: 3 batches of 8 actions (requirement 2). */
export const AI_CALLS_PER_RUN = 24;

/**
 * Invocations of generate-tasks at once: so many that the runs the stage is made for wait for the AI alone, and no more,
 * so that a rush of runs takes neither the concurrency that the API needs nor the quota of the model. Runs beyond it are
 * throttled by Lambda, and tried again for as long as their batch lives (statemachine/retries.ts).
 */
export function generateTasksConcurrency({ settings }: StageConfig): number | undefined {
  return settings.concurrentRuns === undefined ? undefined : AI_CALLS_PER_RUN * settings.concurrentRuns;
}

/** What the functions of a stage have in common. */
export interface FunctionProps {
  /** Stage, settings, name prefix. */
  readonly config: StageConfig;
  /** Folder of the Lambdas' zips, `<lambda>.zip` each, as `make build` writes them. */
  readonly zipFolder: string;
  /** Lets a publisher use the topics' key. */
  readonly topicKey: Statement;
}

/**
 * A Lambda function of the table with its role and log group, as a published version behind the alias `live`. Old versions
 * stay, since running executions go on calling the one they began with.
 */
export class PublishedFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: CloudwatchLogGroup;
  /** Points at the newest version. */
  readonly live: LambdaAlias;

  /** @throws SynthError when the zip is not there */
  constructor(scope: Construct, lambda: LambdaName, { config, zipFolder, topicKey }: FunctionProps) {
    super(scope, lambda);
    const { settings, names, emulator } = config;
    const { memoryMb, timeoutSeconds, grants }: FunctionSpec = FUNCTIONS[lambda];
    const name = names.functionName(lambda);
    const isTraced = hasPart(settings, 'tracing');
    this.logGroup = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/lambda/${name}`,
      retentionInDays: settings.logRetentionDays,
    });
    const role = new IamRole(this, 'role', {
      name: names.roleName(lambda),
      assumeRolePolicy: trustPolicy('lambda.amazonaws.com'),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'grants',
      role: role.name,
      // With its role, which Terraform so replaces in the same order: functions are never without their grants.
      lifecycle: { createBeforeDestroy: true },
      policy: policyDocument([
        // The wildcard stands for the log streams, which Lambda names. No CreateLogGroup: the group is ours.
        allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], [`${this.logGroup.arn}:*`]),
        ...(isTraced ? [WRITE_TRACES] : []),
        ...grants.flatMap((grant) => grant({ ...config, topicKey })),
      ]),
    });
    // What calls the AI is limited, and an emulator has the AI elsewhere.
    const callsAi = lambda === 'generate-tasks';
    this.function = new LambdaFunction(this, 'function', {
      functionName: name,
      role: role.arn,
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      ...this.code(join(zipFolder, `${lambda}.zip`)),
      memorySize: memoryMb,
      timeout: timeoutSeconds,
      publish: true,
      environment: {
        variables: {
          ...environmentOf(lambda, variablesOf(config)),
          ...defined({ AWS_ENDPOINT_URL_BEDROCK_RUNTIME: callsAi ? emulator?.bedrockEndpoint : undefined }),
        },
      },
      ...defined({ reservedConcurrentExecutions: callsAi ? generateTasksConcurrency(config) : undefined }),
      tracingConfig: { mode: isTraced ? 'Active' : 'PassThrough' },
      // JSON also makes Lambda's own lines (start, report, an uncaught error) searchable by field.
      loggingConfig: { logFormat: 'JSON', logGroup: this.logGroup.name },
      // Without it the first invocations may come before the role may do anything.
      dependsOn: [policy],
    });
    this.live = new LambdaAlias(this, 'live', {
      name: LIVE,
      functionName: this.function.functionName,
      functionVersion: this.function.version,
    });
  }

  private code(zip: string): { filename: string; sourceCodeHash: string } {
    if (!existsSync(zip)) throw new SynthError(`${zip} is missing: run make build`);
    const sha256 = createHash('sha256').update(readFileSync(zip)).digest();
    const assetHash = sha256.toString('hex').slice(0, 32);
    return {
      filename: new TerraformAsset(this, 'zip', { path: zip, type: AssetType.FILE, assetHash }).path,
      sourceCodeHash: sha256.toString('base64'),
    };
  }
}

/** Every function of a stage, by its Lambda's name. */
export type Lambdas = Readonly<Record<LambdaName, PublishedFunction>>;
