import type { ActionType, Task } from '@goal-activity/client/types.ts';
import { emptyDraft } from '../mandala/draft.ts';
import { type Flaw, validate } from '../mandala/validate.ts';

/** What is written in the form of a task. */
export interface TaskForm {
  readonly title: string;
  readonly description: string;
  readonly minutes: string;
  readonly type: ActionType;
}

/** Limits of the API (docs/openapi.yaml: Task). */
export const MOST_MINUTES = 1440;
/** What a new task begins with. */
const USUAL_MINUTES = 30;

export const formOf = (task: Task): TaskForm => ({
  title: task.title,
  description: task.description,
  minutes: String(task.estimatedMinutes),
  type: task.type,
});

/** @param type of the action that the task belongs to */
export const newForm = (type: ActionType): TaskForm => ({
  title: '',
  description: '',
  minutes: String(USUAL_MINUTES),
  type,
});

/** What the API would refuse, by field: title and description have the rules of a goal's. */
export function flawsOf({
  title,
  description,
  minutes,
}: TaskForm): Partial<Record<'title' | 'description' | 'minutes', Flaw | 'minutes'>> {
  const problems = validate({ ...emptyDraft, title, description });
  const texts = (['title', 'description'] as const).flatMap((field) => {
    const problem = problems.find(({ place }) => place === field);
    return problem === undefined ? [] : [[field, problem.flaw] as const];
  });
  const isNumber = /^\d{1,4}$/.test(minutes) && Number(minutes) >= 1 && Number(minutes) <= MOST_MINUTES;
  return Object.fromEntries([...texts, ...(isNumber ? [] : [['minutes', 'minutes'] as const])]);
}

/** The form as the API takes it. */
export const fieldsOf = ({ title, description, minutes, type }: TaskForm) => ({
  title: title.trim(),
  description: description.trim(),
  type,
  estimatedMinutes: Number(minutes),
});

type Fields = ReturnType<typeof fieldsOf>;

/** The fields that differ from those of a task. */
export function changedFields(fields: Fields, task: Fields): Partial<Fields> {
  const names = ['title', 'description', 'type', 'estimatedMinutes'] as const;
  return Object.assign(
    {},
    ...names.filter((name) => fields[name] !== task[name]).map((name) => ({ [name]: fields[name] })),
  );
}
