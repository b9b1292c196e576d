import type { LambdaName } from '../workflow/function-table.ts';

/** A call of the HTTP API and the Lambda that answers it. */
export interface Route {
  /** Name of the call, in words joined by hyphens. */
  readonly operation: string;
  /** HTTP method. */
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Path; `{name}` stands for one segment. */
  readonly path: string;
  /** The Lambda that answers. */
  readonly lambda: LambdaName;
}

/** The calls of the HTTP API (docs/openapi.yaml). */
export const ROUTES = [
  { operation: 'create-goal', method: 'POST', path: '/api/goals', lambda: 'goals' },
  { operation: 'list-goals', method: 'GET', path: '/api/goals', lambda: 'goals' },
  { operation: 'get-goal', method: 'GET', path: '/api/goals/{goalId}', lambda: 'goals' },
  {
    operation: 'change-action',
    method: 'PATCH',
    path: '/api/goals/{goalId}/actions/{actionId}',
    lambda: 'goals',
  },
  { operation: 'list-tasks', method: 'GET', path: '/api/goals/{goalId}/tasks', lambda: 'goals' },
  {
    operation: 'start-activity',
    method: 'POST',
    path: '/api/goals/{goalId}/start-activity',
    lambda: 'start-workflow',
  },
  { operation: 'list-workflows', method: 'GET', path: '/api/workflows', lambda: 'list-workflows' },
  { operation: 'get-status', method: 'GET', path: '/api/workflows/{executionArn}/status', lambda: 'get-status' },
  { operation: 'cancel', method: 'POST', path: '/api/workflows/{executionArn}/cancel', lambda: 'cancel-workflow' },
  { operation: 'retry', method: 'POST', path: '/api/workflows/{executionArn}/retry', lambda: 'retry-workflow' },
  { operation: 'get-history', method: 'GET', path: '/api/workflows/{executionArn}/history', lambda: 'get-history' },
] as const satisfies readonly Route[];
