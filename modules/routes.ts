import type { LambdaName } from './function-table.ts';

/** A call of the HTTP API and the Lambda that answers it. */
export interface Route {
  /** Name of the call, in words joined by hyphens. */
  readonly operation: string;
  /** HTTP method. */
  readonly method: 'GET' | 'POST';
  /** Path; `{name}` stands for one segment. */
  readonly path: string;
  /** The Lambda that answers. */
  readonly lambda: LambdaName;
}

/** The calls of design.md section 8. */
export const ROUTES = [
  { operation: 'create-goal', method: 'POST', path: '/api/goals', lambda: 'goals' },
  { operation: 'list-goals', method: 'GET', path: '/api/goals', lambda: 'goals' },
  { operation: 'get-goal', method: 'GET', path: '/api/goals/{goalId}', lambda: 'goals' },
  { operation: 'list-tasks', method: 'GET', path: '/api/goals/{goalId}/tasks', lambda: 'goals' },
  {
    operation: 'start-activity',
    method: 'POST',
    path: '/api/goals/{goalId}/start-activity',
    lambda: 'start-workflow',
  },
  { operation: 'get-status', method: 'GET', path: '/api/workflows/{executionArn}/status', lambda: 'get-status' },
  { operation: 'cancel', method: 'POST', path: '/api/workflows/{executionArn}/cancel', lambda: 'cancel-workflow' },
] as const satisfies readonly Route[];

/** The Lambdas behind the HTTP API. */
export type HttpLambdaName = (typeof ROUTES)[number]['lambda'];
