import type { Prompt } from '../prompt.ts';
import { uniform, uniformInteger } from '../random.ts';
import { ANY, fill, type GeneratedTask, TEMPLATES, type Template } from './template.ts';
import { TOPICS } from './topics.ts';

/** What quotes an action without a name. */
const NAMELESS = { en: 'this action', ja: 'この行動' } as const;

/** Of an action's topic two templates at most, and of those that fit any action three: a pack has so many for each of eight. */
const OF_TOPIC = 2;
const OF_ANY = 3;

/** What an action is about, by its title, or else by its sub-goal. */
const topicOf = (title: string, subGoal: string): string | undefined =>
  [title, subGoal].flatMap((text) => TOPICS.find(([, words]) => words.test(text))?.[0] ?? [])[0];

/**
 * Deals a pack to the actions of a sub-goal, so that neighbours do not repeat each other: all shuffle it the same way.
 * @returns the templates of one of them, then all others, each in the pack's own order
 */
function deal(pack: readonly Template[], seed: string, players: readonly string[], player: string): Template[][] {
  const ranked = pack
    .map((template) => ({ template, rank: uniform(seed, ...players, template.title) }))
    .sort((one, other) => one.rank - other.rank);
  const hand = ranked.filter((_, index) => index % players.length === players.indexOf(player));
  const own = new Set(hand.map(({ template }) => template));
  return [pack.filter((template) => own.has(template)), pack.filter((template) => !own.has(template))];
}

/**
 * 3 to 5 tasks that follow from the seed and the prompt alone. Made again, an action has others than those that it had, out of
 * its neighbours' once its own are used up.
 */
export function generateTasks(seed: string, prompt: Prompt): GeneratedTask[] {
  const { text, action, subGoal, neighbours, type, language, used } = prompt;
  const block = [action, ...neighbours].sort();
  const packOf = (topic: string, kind: Template['type']) =>
    TEMPLATES[language].filter((template) => template.topic === topic && template.type === kind);
  const write = (templates: readonly Template[]) =>
    templates
      .map((template) => fill(template, action || NAMELESS[language], uniform(seed, text, template.title)))
      .filter(({ title }) => !used.includes(title));
  const ofAny = (kind: Template['type']) => write(deal(packOf(ANY, kind), seed, block, action).flat());
  const count = uniformInteger(3, 5, seed, text, 'count');
  const topic = topicOf(action, subGoal);
  const players = block.filter((title) => topicOf(title, subGoal) === topic);
  const [ofTopic = []] = topic === undefined ? [] : deal(packOf(topic, type), seed, players, action);
  const tasks = write(ofTopic).slice(0, OF_TOPIC);
  tasks.push(...ofAny(type).slice(0, Math.min(OF_ANY, count - tasks.length)));
  // What is done once can prepare what is repeated, and not the other way round.
  return type === 'habit' ? [...tasks, ...ofAny('execution').slice(0, Math.min(1, count - tasks.length))] : tasks;
}

/** A tool input that breaks the schema of the tasks, in one of the ways in which a model gets it wrong. */
export function malformedInput(seed: string, text: string, call: number, tasks: readonly GeneratedTask[]): unknown {
  const [first, ...rest] = tasks;
  const ways: readonly unknown[] = [
    { tasks: JSON.stringify(tasks) },
    { items: tasks },
    { tasks: [{ ...first, estimatedMinutes: 'about an hour' }, ...rest] },
    { tasks: [{ ...first, type: 'someday' }, ...rest] },
    { tasks: [{ ...first, title: null }, ...rest] },
  ];
  return ways[Math.floor(uniform(seed, text, 'malformed', call) * ways.length)];
}
