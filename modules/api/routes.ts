import type { LambdaName } from '../workflow/function-table.ts';

/** A call of the HTTP API and the Lambda that answers it. */
interface Route {
  /** Name of the call, in words joined by hyphens. */
  readonly operation: string;
  /** HTTP method. */
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path; `{name}` stands for one segment. */
  readonly path: string;
  /** The Lambda that answers. */
  readonly lambda: LambdaName;
}

/** The calls of the HTTP API (docs/openapi.yaml). */
export const ROUTES: readonly Route[] = (
  [
    ['create-goal', 'POST', '/api/goals', 'goals'],
    ['list-goals', 'GET', '/api/goals', 'goals'],
    ['get-goal', 'GET', '/api/goals/{goalId}', 'goals'],
    ['change-action', 'PATCH', '/api/goals/{goalId}/actions/{actionId}', 'goals'],
    ['list-tasks', 'GET', '/api/goals/{goalId}/tasks', 'goals'],
    ['add-task', 'POST', '/api/goals/{goalId}/tasks', 'goals'],
    ['change-task', 'PATCH', '/api/goals/{goalId}/tasks/{taskId}', 'goals'],
    ['remove-task', 'DELETE', '/api/goals/{goalId}/tasks/{taskId}', 'goals'],
    ['start-activity', 'POST', '/api/goals/{goalId}/start-activity', 'start-workflow'],
    ['make-again', 'POST', '/api/goals/{goalId}/actions/{actionId}/make-again', 'start-workflow'],
    ['list-workflows', 'GET', '/api/workflows', 'list-workflows'],
    ['get-status', 'GET', '/api/workflows/{executionArn}/status', 'get-status'],
    ['cancel', 'POST', '/api/workflows/{executionArn}/cancel', 'cancel-workflow'],
    ['retry', 'POST', '/api/workflows/{executionArn}/retry', 'retry-workflow'],
    ['get-history', 'GET', '/api/workflows/{executionArn}/history', 'get-history'],
  ] as const
).map(([operation, method, path, lambda]) => ({ operation, method, path, lambda }));
