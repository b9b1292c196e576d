/// <reference lib="esnext.disposable" />
import type { AwsFaults } from '../aws/aws-faults.ts';
import type { BedrockOptions } from '../aws/bedrock/bedrock.ts';
import type { StatusEvent, TaskContext } from '../aws/step-functions/index.ts';
import type { LogFile } from '../log-file.ts';
import type { LocalSettings } from '../settings.ts';
import type { StackDescription } from '../terraform/stack-description.ts';
import type { Inspection } from './inspect.ts';

/** Services that the steps of a run write to. */
export type Service = 'dynamodb' | 'states' | 'sns';

export interface StackOptions {
  /** PORT, DATA_DIR, TIME_SCALE, EVENT_DELIVERIES, MAX_RUNNING_EXECUTIONS, AWS_FAULTS, AI_LATENCY_MS, AI_FAULTS, AI_SEED, STAGE, INSPECT, INSPECT_PORT. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Overrides PORT; 0 takes any free one. */
  readonly port?: number;
  /** Without it, warnings and errors of the Lambdas are shown as they come; all lines are in the log file anyway. */
  readonly quiet?: boolean;
  /** Runs a small goal first, of a user of its own: see warm-up.ts. For a stack whose data nobody keeps. */
  readonly warmUp?: boolean;
  /** Is told who asks for a token, which is given once this has resolved: with a token of the same user, and where the API is. */
  readonly onSignIn?: (userId: string, token: string, url: string) => Promise<void>;
  /** The database is not on the disk, which costs less: for a stack that is not started again. */
  readonly inMemory?: boolean;
  /** Tests put proxies between a Lambda (its folder's name) and a service: takes the service's address, gives the one to use. */
  readonly proxy?: (service: Service, url: string, lambdaName: string) => Promise<string>;
  /** Tests decide here when, how often and in what order status events reach the event bus, in place of EVENT_DELIVERIES and AWS_FAULTS. */
  readonly deliver?: (event: StatusEvent, bus: (event: StatusEvent) => Promise<void>) => Promise<void>;
  /** Tests stand here around each call that a Task state makes: they may wait before it and after it, and fail it. */
  readonly aroundTask?: (task: TaskContext, call: () => Promise<unknown>, payload: unknown) => Promise<unknown>;
  /** Tests decide and see here what becomes of each AI call. */
  readonly ai?: Pick<BedrockOptions, 'script' | 'onEnd'>;
}

/** What every part of a stack is started with. */
export interface StackContext {
  readonly options: StackOptions;
  readonly settings: LocalSettings;
  readonly faults: AwsFaults;
  readonly description: StackDescription;
  readonly inspection: Inspection;
  readonly log: LogFile;
  /** Parts add here how they are closed: last first, whatever fails on the way. */
  readonly closer: AsyncDisposableStack;
}
