import { type ApiClient, bodyOf } from '@goal-activity/client/client.ts';
import type { Goal, Task } from '@goal-activity/client/types.ts';
import { createContext, useContext } from 'react';
import type { Session } from './auth/session.ts';
import type { Config } from './config.ts';

export interface Services {
  readonly config: Config;
  readonly session: Session;
  readonly api: ApiClient;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error('useServices() belongs below ServicesContext');
  return services;
}

export interface GoalWithTasks {
  readonly goal: Goal;
  readonly tasks: readonly Task[];
}

export async function loadGoal(
  api: ApiClient,
  goalId: string,
  signal: AbortSignal | null = null,
): Promise<GoalWithTasks> {
  const call = { params: { path: { goalId } }, signal };
  const [goal, { tasks }] = await Promise.all([
    bodyOf(api.GET('/api/goals/{goalId}', call)),
    bodyOf(api.GET('/api/goals/{goalId}/tasks', call)),
  ]);
  return { goal, tasks };
}
