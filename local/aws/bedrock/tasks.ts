import { isJapanese, type Prompt } from './prompt.ts';
import { uniform, uniformInteger } from './random.ts';

/** A task as the model's tool input holds it. */
export interface GeneratedTask {
  readonly title: string;
  readonly description: string;
  readonly type: 'execution' | 'habit';
  /** Whole minutes, 5 to 240. */
  readonly estimatedMinutes: number;
}

type Template = readonly [type: GeneratedTask['type'], minutes: number, title: string, description: string];

/** In the order in which a person would do them. `~` stands for the action. */
const ENGLISH: readonly Template[] = [
  ['execution', 15, 'Split "~" into three steps', 'List what "~" needs and mark the step that can start today.'],
  ['execution', 30, 'Collect what you need for "~"', 'Find books, tools and places for "~" and note what they cost.'],
  ['execution', 45, 'Ask somebody who has done "~"', 'Ask what they would do first for "~", and write it down.'],
  ['execution', 90, 'Finish the first small part of "~"', 'Do a piece of "~" that is useful alone, and show it.'],
  ['habit', 20, 'Work on "~" at the same time every day', 'Tie "~" to something daily, and tick off each day.'],
  ['habit', 15, 'Review "~" every Sunday evening', 'See what moved "~" forward and what got in the way.'],
];

const JAPANESE: readonly Template[] = [
  ['execution', 15, '「~」を三つの手順に分ける', '「~」に必要なことを書き出し、今日始められるものに印を付ける。'],
  ['execution', 30, '「~」に必要なものをそろえる', '「~」に必要な本・道具・場所を調べ、費用を控える。'],
  ['execution', 45, '「~」の経験者に話を聞く', '「~」で最初にすることを尋ねて、答えを書き留める。'],
  ['execution', 90, '「~」の最初の小さな一部を仕上げる', '「~」のうち単独で役に立つ部分を終わらせ、見てもらう。'],
  ['habit', 20, '毎日同じ時間に「~」へ取り組む', '毎日の行動に続けて「~」を行い、実行した日を記録する。'],
  ['habit', 15, '毎週日曜の夜に「~」を振り返る', '「~」が進んだ理由と妨げになったことを確認する。'],
];

/** What a title is quoted with at most, so that task titles stay short whatever the action is called. */
const QUOTED_CHARACTERS = 80;

/** 3 to 5 tasks that follow from the seed and the message text alone. */
export function generateTasks(seed: string, text: string, prompt: Prompt): GeneratedTask[] {
  const japanese = isJapanese(prompt.action);
  const quoted = shorten(prompt.action) || (japanese ? 'この行動' : 'this action');
  const templates = japanese ? JAPANESE : ENGLISH;
  const count = uniformInteger(3, 5, seed, text, 'count');
  const first = uniformInteger(0, templates.length - count, seed, text, 'template');
  return templates.slice(first, first + count).map(([type, estimatedMinutes, title, description]) => ({
    title: title.replace('~', () => quoted),
    description: description.replace('~', () => quoted),
    type,
    estimatedMinutes,
  }));
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

/** Cuts by characters as people count them, never inside one. */
function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length <= QUOTED_CHARACTERS ? text : `${characters.slice(0, QUOTED_CHARACTERS - 1).join('')}…`;
}
