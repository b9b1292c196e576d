import type { ScriptedAnswer } from '../../../local/aws/bedrock/bedrock.ts';
import { AiScript } from '../ai-script.ts';
import { ExecutionHistory, engineEnd } from '../history.ts';
import { type Goal, signIn, type User, useStack } from './stack.ts';
import { startFor } from './unkind.ts';

/** What the AI does at each call of an action, counted from 1. */
export type Answers = (call: number) => ScriptedAnswer;

/** A goal that was started, and what its actions are called. */
export interface ScriptedGoal {
  readonly user: User;
  readonly goal: Goal;
  readonly titles: readonly string[];
  readonly executionArn: string;
}

/** A stack for the tests of one describe block, whose AI does with each action what the test says. */
export function useScriptedGoals(environment: Readonly<Record<string, string>>) {
  const script = new AiScript();
  const stack = useStack(environment, { ai: script.ai });
  let goals = 0;

  /** Starts a goal of a new user, with an action for each of the answers. */
  async function start(answers: readonly Answers[]): Promise<ScriptedGoal> {
    goals += 1;
    const name = `goal ${goals}`;
    const titles = answers.map((_, position) => `Walk ${position} of ${name}`);
    for (const [position, title] of titles.entries()) script.plan(title, (call) => answers[position]?.(call) ?? {});
    const user = await signIn(stack().url, name, { isPatient: true });
    const goal = await user.createGoal(titles);
    return { user, goal, titles, executionArn: await startFor(user, goal.goalId) };
  }

  /** The AI calls of each action of a goal whose run has ended. */
  const callsOf = ({ titles }: ScriptedGoal) => Promise.all(titles.map((title) => script.callsOf(title)));

  return {
    stack,
    start,
    callsOf,
    /** Starts a goal and waits for its end. */
    async run(answers: readonly Answers[]) {
      const started = await start(answers);
      const { user, executionArn } = started;
      await engineEnd(stack(), executionArn);
      const status = await user.waitForEnd(executionArn);
      const history = new ExecutionHistory(stack(), executionArn);
      return { ...started, status, history, calls: await callsOf(started) };
    },
  };
}
