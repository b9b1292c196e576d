import { withoutExecutionData } from './engine/history.ts';
import { ServiceError } from './errors.ts';
import {
  arn,
  type Body,
  executionInput,
  executionName,
  flag,
  optionalText,
  pagePosition,
  pageSize,
  pageToken,
  statusFilter,
} from './request.ts';
import type { ExecutionService } from './service.ts';
import { redrive } from './status-event.ts';
import type { ExecutionRecord } from './store.ts';

type Operation = (service: ExecutionService, body: Body, stateMachineArn: string) => object;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  StartExecution(service, body) {
    const record = service.start(
      arn(body, 'stateMachineArn', 'stateMachine'),
      executionName(body),
      executionInput(body),
    );
    return { executionArn: record.executionArn, startDate: seconds(record.startDate) };
  },

  StopExecution(service, body) {
    const executionArn = arn(body, 'executionArn', 'execution');
    const record = service.stop(executionArn, optionalText(body, 'error', 256), optionalText(body, 'cause', 32_768));
    return { stopDate: seconds(record.stopDate) };
  },

  DescribeExecution(service, body, stateMachineArn) {
    const record = service.describe(arn(body, 'executionArn', 'execution'));
    return {
      ...summary(record, stateMachineArn),
      input: record.input,
      inputDetails: { included: true },
      output: record.output,
      outputDetails: record.output === undefined ? undefined : { included: true },
      error: record.error,
      cause: record.cause,
      ...redrive(record.status),
    };
  },

  ListExecutions(service, body, stateMachineArn) {
    const listedArn = arn(body, 'stateMachineArn', 'stateMachine');
    const filter = statusFilter(body);
    const limit = pageSize(body);
    const scope = `executions ${listedArn} ${filter}`;
    const before = pagePosition(body, scope);
    const page = { limit: limit + 1, ...(before === undefined ? {} : { before }) };
    const found =
      filter === 'PENDING_REDRIVE'
        ? service.list(listedArn, { limit: 0 })
        : service.list(listedArn, filter === undefined ? page : { ...page, status: filter });
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    return {
      executions: shown.map((record) => summary(record, stateMachineArn)),
      nextToken: last === undefined ? undefined : pageToken(scope, last.sequence),
    };
  },

  GetExecutionHistory(service, body) {
    const executionArn = arn(body, 'executionArn', 'execution');
    const isReversed = flag(body, 'reverseOrder', false);
    const hasData = flag(body, 'includeExecutionData', true);
    const limit = pageSize(body);
    const scope = `history ${executionArn} ${isReversed}`;
    const known = service.history(executionArn);
    // A position is an event's id, so that pages fit together while the history grows.
    const position = pagePosition(body, scope) ?? (isReversed ? known.length : 1);
    const events = isReversed
      ? known.slice(Math.max(0, position - limit), position).reverse()
      : known.slice(position - 1, position - 1 + limit);
    const next = isReversed ? position - events.length : position + events.length;
    const hasMore = isReversed ? next > 0 : next <= known.length;
    return {
      events: hasData ? events : events.map(withoutExecutionData),
      nextToken: hasMore ? pageToken(scope, next) : undefined,
    };
  },
};

/**
 * Answers a call of Step Functions' API.
 * @throws ServiceError as the API would
 */
export function callOperation(service: ExecutionService, name: string, body: Body, stateMachineArn: string): object {
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined) {
    throw new ServiceError('UnknownOperationException', `The local stack does not know the operation ${name}`);
  }
  return operation(service, body, stateMachineArn);
}

function summary(record: ExecutionRecord, stateMachineArn: string): object {
  return {
    executionArn: record.executionArn,
    stateMachineArn,
    name: record.name,
    status: record.status,
    startDate: seconds(record.startDate),
    stopDate: seconds(record.stopDate),
    stateMachineAliasArn: record.stateMachineAliasArn,
    redriveCount: 0,
  };
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
