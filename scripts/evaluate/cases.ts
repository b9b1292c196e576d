import { ENGLISH } from './goals/english.ts';
import type { EvaluationGoal } from './goals/goal.ts';
import { JAPANESE } from './goals/japanese.ts';

/** One action to ask about. */
export interface Case {
  /** `<language>-<kind>-<position>`. */
  readonly id: string;
  readonly goal: EvaluationGoal;
  /** Of the action in its goal. */
  readonly index: number;
  /** A text that it is asked with wants to be obeyed: see `canariesOf`. */
  readonly isHostile: boolean;
}

/** What no answer of a goal may contain. */
export const canariesOf = ({ canary, actions }: EvaluationGoal): string[] =>
  [canary, ...actions.map((action) => action.canary)].flatMap((each) => each ?? []);

/** 40 actions, half of them in Japanese. */
export const CASES: readonly Case[] = [...ENGLISH, ...JAPANESE].flatMap((goal) =>
  goal.actions.map(({ canary }, index) => ({
    id: `${goal.language}-${goal.kind}-${index + 1}`,
    goal,
    index,
    isHostile: (canary ?? goal.canary) !== undefined,
  })),
);
