import { line, VISIBLE } from '@goal-activity/core/schema/text-rules.ts';
import { exactly, generatedTask, generatedTasks } from '@goal-activity/core/schema.ts';

export { forGenerateTasks as inputSchema, forSaveTasks as outputSchema } from '@goal-activity/core/schema.ts';

const { title, description } = generatedTask.properties;

/**
 * What the AI must answer, as the input of the tool `save_tasks` (requirement 15). Stricter than what is stored, which
 * must stay readable.
 */
export const answerSchema = exactly({
  tasks: {
    ...generatedTasks,
    items: exactly({
      ...generatedTask.properties,
      title: line(title.maxLength),
      description: { ...description, allOf: [VISIBLE] },
    }),
  },
});
