import type { Filling } from '../draft.ts';

/** A whole chart to begin with: eight sub-goals with eight actions each. */
export interface Template {
  readonly goal: string;
  readonly description: string;
  readonly blocks: readonly {
    readonly title: string;
    /** What is kept up; it comes first. */
    readonly habits: readonly string[];
    /** What is done once. */
    readonly once: readonly string[];
  }[];
}

export const fillingOf = ({ goal, description, blocks }: Template): Filling => ({
  goal,
  description,
  blocks: blocks.map(({ title, habits, once }) => ({
    title,
    actions: [
      ...habits.map((habit) => ({ title: habit, type: 'habit' as const })),
      ...once.map((action) => ({ title: action, type: 'execution' as const })),
    ],
  })),
});
