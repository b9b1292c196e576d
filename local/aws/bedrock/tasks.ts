import { isJapanese, type Prompt } from './prompt.ts';
import { choose, uniform, uniformInteger } from './random.ts';

/** A task as the model's tool input holds it. */
export interface GeneratedTask {
  title: string;
  description: string;
  type: 'execution' | 'habit';
  /** Whole minutes, 5 to 240. */
  estimatedMinutes: number;
}

interface Template {
  type: GeneratedTask['type'];
  minutes: readonly number[];
  title: (action: string) => string;
  description: (action: string, goal: string | undefined) => string;
}

/** In the order in which a person would do them; a choice of them keeps that order. */
const ENGLISH: readonly Template[] = [
  {
    type: 'execution',
    minutes: [10, 15, 20],
    title: (action) => `Write down what "${action}" looks like when it is done`,
    description: (action, goal) =>
      `Put the result of "${action}" into one sentence${goal === undefined ? '' : ` that says how it serves "${goal}"`}, with a date and a way to see that it is reached.`,
  },
  {
    type: 'execution',
    minutes: [20, 30, 45],
    title: (action) => `Split "${action}" into three steps`,
    description: (action) =>
      `List what has to happen for "${action}", group it into three steps in order, and mark the one that can start today.`,
  },
  {
    type: 'execution',
    minutes: [30, 45, 60],
    title: (action) => `Collect what you need for "${action}"`,
    description: (action) =>
      `Look for the books, tools, places and accounts that "${action}" needs, keep the best two of each, and note what they cost.`,
  },
  {
    type: 'execution',
    minutes: [30, 60],
    title: (action) => `Ask somebody who has done "${action}"`,
    description: (action) =>
      `Find one person with experience in "${action}", ask what they would do first and what they would leave out, and write down the answers.`,
  },
  {
    type: 'execution',
    minutes: [60, 90, 120],
    title: (action) => `Finish the first small part of "${action}"`,
    description: (action) =>
      `Take the smallest piece of "${action}" that is useful on its own, work on it without interruption, and show it to somebody.`,
  },
  {
    type: 'habit',
    minutes: [15, 20, 25, 30],
    title: (action) => `Work on "${action}" at the same time every day`,
    description: (action) =>
      `Tie "${action}" to something you already do daily, such as breakfast, and tick off each day on a calendar that hangs in view.`,
  },
  {
    type: 'habit',
    minutes: [15, 20, 30],
    title: (action) => `Review "${action}" every Sunday evening`,
    description: (action, goal) =>
      `Look back at the week: what moved "${action}" forward${goal === undefined ? '' : ` towards "${goal}"`}, what got in the way, and which single change you try next week.`,
  },
  {
    type: 'execution',
    minutes: [45, 60, 90],
    title: (action) => `Measure the result of "${action}" after four weeks`,
    description: (action) =>
      `Compare where "${action}" stands with the sentence you wrote at the start, note the numbers, and decide to go on, change or stop.`,
  },
];

const JAPANESE: readonly Template[] = [
  {
    type: 'execution',
    minutes: [10, 15, 20],
    title: (action) => `「${action}」の完了の姿を一文で書く`,
    description: (action, goal) =>
      `「${action}」で得たい結果を、期限と確かめ方を含めて一文にまとめる。${goal === undefined ? '' : `「${goal}」にどう役立つかも書き添える。`}`,
  },
  {
    type: 'execution',
    minutes: [20, 30, 45],
    title: (action) => `「${action}」を三つの手順に分ける`,
    description: (action) =>
      `「${action}」に必要なことを書き出して順番に三つの手順へまとめ、今日始められるものに印を付ける。`,
  },
  {
    type: 'execution',
    minutes: [30, 45, 60],
    title: (action) => `「${action}」に必要なものをそろえる`,
    description: (action) => `「${action}」に必要な本・道具・場所を調べ、候補を二つずつに絞って費用を控える。`,
  },
  {
    type: 'execution',
    minutes: [30, 60],
    title: (action) => `「${action}」の経験者に話を聞く`,
    description: (action) =>
      `「${action}」を経験した人を一人見つけ、最初にすることと省いてよいことを尋ねて、答えを書き留める。`,
  },
  {
    type: 'execution',
    minutes: [60, 90, 120],
    title: (action) => `「${action}」の最初の小さな一部を仕上げる`,
    description: (action) => `「${action}」のうち単独で役に立つ最小の部分を選び、集中して終わらせ、誰かに見てもらう。`,
  },
  {
    type: 'habit',
    minutes: [15, 20, 25, 30],
    title: (action) => `毎日同じ時間に「${action}」へ取り組む`,
    description: (action) =>
      `朝食など毎日の行動に続けて「${action}」を行い、見える場所のカレンダーに実行した日を記録する。`,
  },
  {
    type: 'habit',
    minutes: [15, 20, 30],
    title: (action) => `毎週日曜の夜に「${action}」を振り返る`,
    description: (action, goal) =>
      `一週間で「${action}」が進んだ理由と妨げになったことを確認し、${goal === undefined ? '' : `「${goal}」に向けて`}来週試すことを一つ決める。`,
  },
  {
    type: 'execution',
    minutes: [45, 60, 90],
    title: (action) => `四週間後に「${action}」の成果を測る`,
    description: (action) =>
      `「${action}」の現状を最初に書いた一文と比べ、数字を控え、続ける・変える・やめるのどれかを決める。`,
  },
];

/** What a title is quoted with at most, so that task titles stay short whatever the action is called. */
const QUOTED_CHARACTERS = 80;

/** 3 to 5 tasks that follow from the seed and the message text alone. */
export function generateTasks(seed: string, text: string, prompt: Prompt): GeneratedTask[] {
  const japanese = isJapanese(prompt.action);
  const action = shorten(prompt.action) || (japanese ? 'この行動' : 'this action');
  const goal = prompt.goal === undefined ? undefined : shorten(prompt.goal);
  const count = uniformInteger(3, 5, seed, text, 'count');
  return choose(japanese ? JAPANESE : ENGLISH, count, seed, text, 'template').map((template, index) => ({
    title: template.title(action),
    description: template.description(action, goal),
    type: template.type,
    estimatedMinutes:
      template.minutes[uniformInteger(0, template.minutes.length - 1, seed, text, 'minutes', index)] ?? 30,
  }));
}

/**
 * A tool input that breaks the schema of the tasks, in one of the ways in which a model gets it wrong. Each way
 * breaks any schema of a list of tasks with a title, a type and whole minutes.
 */
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
