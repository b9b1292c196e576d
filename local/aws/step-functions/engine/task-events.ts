import { type Details, failure, payload } from './history.ts';

/** The history events of one call of a task, by what happens to it. */
export interface TaskEvents {
  scheduled(input: string, timeoutInSeconds: number | undefined): TaskEvent;
  started(): TaskEvent;
  succeeded(output: string): TaskEvent;
  failed(error: string, cause: string): TaskEvent;
  timedOut(): TaskEvent;
  /** What AWS calls the task in the cause of `States.DataLimitExceeded`. */
  readonly label: string;
}

export interface TaskEvent {
  readonly type: string;
  readonly details: Details;
}

const SERVICE_RESOURCE = /^arn:[\w-]+:states:::([^:]+):(.+)$/;

/**
 * A Lambda function's ARN as `Resource` gives `LambdaFunction…` events, a service integration
 * (`arn:aws:states:::sns:publish`) gives `Task…` events.
 */
export function taskEvents(resource: string, region: string): TaskEvents {
  const service = SERVICE_RESOURCE.exec(resource);
  const [, resourceType, action] = service ?? [];
  return resourceType === undefined || action === undefined
    ? lambdaEvents(resource)
    : serviceEvents(resourceType, action, region);
}

function lambdaEvents(resource: string): TaskEvents {
  return {
    label: resource,
    scheduled: (input, timeoutInSeconds) => ({
      type: 'LambdaFunctionScheduled',
      details: {
        lambdaFunctionScheduledEventDetails: { resource, ...payload('input', input), ...timeout(timeoutInSeconds) },
      },
    }),
    started: () => ({ type: 'LambdaFunctionStarted', details: {} }),
    succeeded: (output) => ({
      type: 'LambdaFunctionSucceeded',
      details: { lambdaFunctionSucceededEventDetails: payload('output', output) },
    }),
    failed: (error, cause) => ({
      type: 'LambdaFunctionFailed',
      details: { lambdaFunctionFailedEventDetails: failure(error, cause) },
    }),
    timedOut: () => ({
      type: 'LambdaFunctionTimedOut',
      details: { lambdaFunctionTimedOutEventDetails: { error: 'States.Timeout' } },
    }),
  };
}

function serviceEvents(resourceType: string, resource: string, region: string): TaskEvents {
  const called = { resourceType, resource };
  return {
    label: resourceType,
    scheduled: (parameters, timeoutInSeconds) => ({
      type: 'TaskScheduled',
      details: { taskScheduledEventDetails: { ...called, region, parameters, ...timeout(timeoutInSeconds) } },
    }),
    started: () => ({ type: 'TaskStarted', details: { taskStartedEventDetails: called } }),
    succeeded: (output) => ({
      type: 'TaskSucceeded',
      details: { taskSucceededEventDetails: { ...called, ...payload('output', output) } },
    }),
    failed: (error, cause) => ({
      type: 'TaskFailed',
      details: { taskFailedEventDetails: { ...called, ...failure(error, cause) } },
    }),
    timedOut: () => ({
      type: 'TaskTimedOut',
      details: { taskTimedOutEventDetails: { ...called, error: 'States.Timeout' } },
    }),
  };
}

function timeout(timeoutInSeconds: number | undefined): { timeoutInSeconds?: number } {
  return timeoutInSeconds === undefined ? {} : { timeoutInSeconds };
}
