/** Names for what the API takes and answers; all of it comes from docs/openapi.yaml (scripts/api-types.ts). */
import type { Api } from './types.generated.d.ts';

export type Answers = Api['answers'];
export type Requests = Api['requests'];
export type Operation = keyof Answers;

export type Goal = Answers['GET /api/goals/{goalId}'];
export type Action = Goal['actions'][number];
export type ActionType = Action['type'];
export type GoalStatus = Goal['status'];
export type GoalList = Answers['GET /api/goals'];
export type ListedGoal = GoalList['items'][number];
export type NewGoal = Requests['POST /api/goals'];
export type Task = Answers['GET /api/goals/{goalId}/tasks']['tasks'][number];
export type ExecutionStatus = Answers['GET /api/workflows/{executionArn}/status'];
export type ExecutionState = ExecutionStatus['status'];
export type Outcome = ExecutionStatus['outcomes'][number]['outcome'];
export type FailedAction = ExecutionStatus['failedActions'][number];
export type Cost = ExecutionStatus['cost'];
export type ListedExecution = Answers['GET /api/workflows']['items'][number];
export type ExecutionHistory = Answers['GET /api/workflows/{executionArn}/history'];
