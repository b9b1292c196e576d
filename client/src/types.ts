/** Names for what the API takes and answers. */
import type { components } from './contract.generated.d.ts';

type Schemas = components['schemas'];

export type Goal = Schemas['Goal'];
export type Action = Schemas['Action'];
export type ActionType = Schemas['ActionType'];
export type GoalStatus = Schemas['GoalStatus'];
export type ListedGoal = Schemas['ListedGoal'];
export type GoalChanges = Schemas['GoalChanges'];
export type NewGoal = Schemas['NewGoal'];
export type Task = Schemas['Task'];
export type TodayTask = Schemas['TodayTask'];
export type StartedExecution = Schemas['StartedExecution'];
export type ExecutionStatus = Schemas['ExecutionStatus'];
export type ExecutionState = Schemas['ExecutionState'];
export type ActionOutcome = Schemas['ActionOutcome'];
export type Estimate = Schemas['Estimate'];
export type Outcome = Schemas['Outcome'];
export type FailedAction = Schemas['FailedAction'];
export type Cost = Schemas['Cost'];
export type ListedExecution = Schemas['ListedExecution'];
export type ExecutionList = Schemas['ExecutionList'];
export type ExecutionHistory = Schemas['ExecutionHistory'];
export type HistoryEvent = Schemas['HistoryEvent'];
