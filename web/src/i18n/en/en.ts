import { entry } from './entry.ts';
import { goal } from './goal.ts';
import { page } from './page.ts';
import { run } from './run.ts';

export const en = { ...page, ...goal, ...run, ...entry };

/** Every text of the page. A text with a value in it is a function, so that each language can order and count its way. */
export type Messages = typeof en;
