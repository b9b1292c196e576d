import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias/index.js';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function/index.js';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { defined } from '../defined.ts';
import { allow, policyDocument, type Statement, trustPolicy } from '../policy-document.ts';
import { SynthError } from '../synth-error.ts';

/** How X-Ray is written to; the service has no resources to name, so AWS forces the wildcard. */
const WRITE_TRACES = allow('Trace', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*']);

/** What a function needs. */
export interface PublishedFunctionProps {
  /** Name of the function, and of its role. */
  readonly name: string;
  /** Path of the zip with `index.js`, as `make build` writes it. */
  readonly zip: string;
  /** Memory in MB; CPU comes in proportion. */
  readonly memoryMb: number;
  /** Seconds until Lambda ends an invocation. */
  readonly timeoutSeconds: number;
  /** Environment variables; values may be Terraform references. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the function may do, besides writing its logs and traces. */
  readonly grants: readonly Statement[];
  /** Days that its logs are kept. */
  readonly logRetentionDays: number;
  /** Whether invocations are traced. */
  readonly tracing: boolean;
  /** Invocations at once that are kept for the function, and that it may not go beyond; without it, it shares the account's. */
  readonly reservedConcurrency?: number;
}

/**
 * A Lambda function with its role and log group, as a published version behind the alias `live`. Old versions
 * stay, since running executions go on calling the one they began with.
 */
export class PublishedFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: IamRole;
  readonly logGroup: CloudwatchLogGroup;
  /** Points at the newest version. */
  readonly live: LambdaAlias;

  /** @throws SynthError when the zip is not there */
  constructor(scope: Construct, id: string, props: PublishedFunctionProps) {
    super(scope, id);
    const sha256 = hashOf(props.zip);
    this.logGroup = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/lambda/${props.name}`,
      retentionInDays: props.logRetentionDays,
    });
    this.role = new IamRole(this, 'role', {
      name: props.name,
      assumeRolePolicy: trustPolicy('lambda.amazonaws.com'),
    });
    const policy = new IamRolePolicy(this, 'policy', {
      name: 'grants',
      role: this.role.name,
      policy: policyDocument([
        // The wildcard stands for the log streams, which Lambda names. No CreateLogGroup: the group is ours.
        allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], [`${this.logGroup.arn}:*`]),
        ...(props.tracing ? [WRITE_TRACES] : []),
        ...props.grants,
      ]),
    });
    this.function = new LambdaFunction(this, 'function', {
      functionName: props.name,
      role: this.role.arn,
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: new TerraformAsset(this, 'zip', {
        path: props.zip,
        type: AssetType.FILE,
        assetHash: sha256.toString('hex').slice(0, 32),
      }).path,
      sourceCodeHash: sha256.toString('base64'),
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      publish: true,
      environment: { variables: { ...props.environment } },
      ...defined({ reservedConcurrentExecutions: props.reservedConcurrency }),
      tracingConfig: { mode: props.tracing ? 'Active' : 'PassThrough' },
      // JSON also makes Lambda's own lines (start, report, an uncaught error) searchable by field.
      loggingConfig: { logFormat: 'JSON', logGroup: this.logGroup.name },
      // Without it the first invocations may come before the role may do anything.
      dependsOn: [policy],
    });
    this.live = new LambdaAlias(this, 'live', {
      name: 'live',
      functionName: this.function.functionName,
      functionVersion: this.function.version,
    });
  }

  /** ARN of the version published last. */
  get versionArn(): string {
    return this.function.qualifiedArn;
  }
}

function hashOf(zip: string): Buffer {
  if (!existsSync(zip)) throw new SynthError(`${zip} is missing: run make build`);
  return createHash('sha256').update(readFileSync(zip)).digest();
}
