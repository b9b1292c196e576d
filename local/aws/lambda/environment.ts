import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';

/** One deployed function, and where its unzipped bundle is. */
export interface LambdaFunction {
  readonly functionName: string;
  /** The published version, such as `1`. */
  readonly version: string;
  /** Folder of the unzipped bundle. */
  readonly directory: string;
  /** Such as `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Invocations at once that are kept for it and that it may not go beyond; without it, it shares the account's. */
  readonly reservedConcurrency?: number | undefined;
  /** A debugger may enter its process at this port of this machine; 0 takes any free one. */
  readonly inspectPort?: number;
}

/** Names of variables that hold a duration in milliseconds, which TIME_SCALE shortens with everything else. */
const DURATION = /_(?:TIMEOUT|GRACE)_MS$/;

/**
 * The environment of a Lambda on the local stack: what Terraform gives it, durations scaled, and where the services are.
 * @throws Error naming a duration that is no number
 */
export function lambdaEnvironment(
  environment: Readonly<Record<string, string>>,
  timeScale: number,
  endpoints: Readonly<Record<string, string>>,
): Record<string, string> {
  const scaled = Object.entries(environment).map(([name, value]) => {
    if (!DURATION.test(name)) return [name, value];
    const milliseconds = Number(value) * timeScale;
    if (!Number.isFinite(milliseconds)) throw new Error(`${name} is no number of milliseconds: ${value}`);
    return [name, String(milliseconds)];
  });
  return { ...Object.fromEntries(scaled), ...endpoints };
}

/**
 * Everything that a worker finds in its environment: the function's variables and Lambda's own. Nothing of this
 * machine's gets in, so a bundle that misses a variable fails here as it would on AWS.
 * Source of the names: AWS Lambda guide, "Defined runtime environment variables".
 */
export function workerEnvironment(options: LambdaFunction, region: string): Record<string, string> {
  const { functionName, version } = options;
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    // The SDK will not send a request without credentials; no service of the local stack looks at them.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    TZ: ':UTC',
    ...options.environment,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[${version}]${randomUUID().replaceAll('-', '')}`,
    AWS_REGION: region,
    LAMBDA_TASK_ROOT: resolve(options.directory),
    _HANDLER: options.handler,
  };
}
