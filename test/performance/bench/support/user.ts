import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiClient, bodyOf, createApiClient } from '@goal-activity/client/client.ts';
import { retryAfterOf } from '@goal-activity/client/errors.ts';
import { localToken } from '@goal-activity/client/local-token.ts';
import type { ExecutionStatus } from '@goal-activity/client/types.ts';
import { whenAdmitted } from '../../../../web/src/run/admission.ts';

/** Actions of the largest goal. */
export const ACTIONS = 64;
/** As often as the demo asks, in milliseconds. */
export const LIKE_THE_DEMO = 200;

/** A run as its user saw it. */
export interface Run {
  readonly executionArn: string;
  readonly goalId: string;
  /** From the press of the button to the end that the record names, in milliseconds; both clocks are this machine's. */
  readonly elapsedMs: number;
  readonly saved: number;
  readonly failed: number;
}

/** Signs a user in to a local stack. */
export async function signInTo(url: string, userId: string): Promise<ApiClient> {
  const token = await localToken(url, userId);
  return createApiClient({ baseUrl: url, token: () => token });
}

/** Makes a goal. @returns its id */
export async function createGoal(api: ApiClient, actionCount = ACTIONS): Promise<string> {
  const actions = Array.from({ length: actionCount }, (_, position) => ({
    title: `Walk ${position + 1} km in the hills`,
    type: 'habit' as const,
    subGoal: `Part ${Math.floor(position / 8) + 1}`,
  }));
  return (await bodyOf(api.POST('/api/goals', { body: { title: 'Walk across the country', actions } }))).goalId;
}

/** Presses the button, and waits for admission as the page does. @returns ARN of the execution */
export async function press(api: ApiClient, goalId: string): Promise<string> {
  const start = () => bodyOf(api.POST('/api/goals/{goalId}/start-activity', { params: { path: { goalId } } }));
  const started = await whenAdmitted(start, { onWait: () => {}, signal: new AbortController().signal });
  return started.executionArn;
}

/** Presses the button, and polls until the run has ended. @param pollMs as `untilEnded` takes it */
export async function run(api: ApiClient, goalId: string, pollMs?: number): Promise<Run> {
  const pressedAt = Date.now();
  const executionArn = await press(api, goalId);
  const status = await untilEnded(api, executionArn, pollMs);
  const outcomes = (wanted: string) => status.outcomes.filter(({ outcome }) => outcome === wanted).length;
  return {
    executionArn,
    goalId,
    elapsedMs: Date.parse(status.stopDate ?? '') - pressedAt,
    saved: outcomes('SAVED'),
    failed: outcomes('FAILED'),
  };
}

/** Polls until a run has ended. @param pollMs milliseconds between two answers; as often as the page asks without */
export async function untilEnded(api: ApiClient, executionArn: string, pollMs?: number): Promise<ExecutionStatus> {
  const ofRun = { params: { path: { executionArn } } };
  for (;;) {
    const answer = await api.GET('/api/workflows/{executionArn}/status', ofRun);
    const status = await bodyOf(Promise.resolve(answer));
    if (status.status !== 'RUNNING') return status;
    await sleep(pollMs ?? (retryAfterOf(answer.response) ?? 1) * 1000);
  }
}
