import { ENGLISH } from './english.ts';
import { JAPANESE } from './japanese.ts';
import { TOPICS } from './topics.ts';

/** A task as the model's tool input holds it. */
export interface GeneratedTask {
  readonly title: string;
  readonly description: string;
  readonly type: 'execution' | 'habit';
  /** Whole minutes, 1 to 60. */
  readonly estimatedMinutes: number;
}

/**
 * A line `type | minutes | title | description` under the `# topic` that it belongs to. Of each `{a|b|c}` the same place is
 * chosen; `~` in a description stands for the action.
 */
export interface Template {
  readonly topic: string;
  readonly type: GeneratedTask['type'];
  readonly minutes: string;
  readonly title: string;
  readonly description: string;
}

/** The topic of what fits any action. */
export const ANY = 'any';

/** @throws Error naming a line that is no template */
function parseTemplates(text: string): Template[] {
  let topic = '';
  return text.split('\n').flatMap((line): Template[] => {
    if (line === '') return [];
    const [type, minutes, title, description, ...rest] = line.split(' | ');
    const known = [ANY, ...TOPICS.map(([name]) => name)].find((name) => line === `# ${name}`);
    if (known !== undefined) topic = known;
    else if ((type === 'execution' || type === 'habit') && minutes && title && description && rest.length === 0)
      return [{ topic, type, minutes, title, description }];
    else throw new Error(`this line is no template: ${line}`);
    return [];
  });
}

export const TEMPLATES = { en: parseTemplates(ENGLISH), ja: parseTemplates(JAPANESE) };

/** What an action is quoted with at most, so that descriptions stay short whatever it is called. */
const QUOTED_CHARACTERS = 40;

/**
 * The task that a template makes.
 * @param action as it is quoted
 * @param at which of the amounts, in [0, 1)
 */
export function fill({ type, minutes, title, description }: Template, action: string, at: number): GeneratedTask {
  const chosen = (text: string) =>
    text.replace(/\{([^}]+)\}/g, (_, amounts: string) => {
      const choices = amounts.split('|');
      return choices[Math.floor(at * choices.length)] ?? '';
    });
  return {
    title: chosen(title),
    description: chosen(description).replace('~', () => shorten(action)),
    type,
    estimatedMinutes: Number(chosen(minutes)),
  };
}

/** Cuts by characters as people count them, never inside one. */
function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length <= QUOTED_CHARACTERS ? text : `${characters.slice(0, QUOTED_CHARACTERS - 1).join('')}…`;
}
