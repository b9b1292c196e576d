import { chart } from './chart.ts';
import { entry } from './entry.ts';
import { goal } from './goal.ts';
import { page } from './page.ts';
import { run } from './run.ts';
import { truth } from './truth.ts';
import { use } from './use.ts';

export const en = { ...page, ...goal, ...run, ...entry, ...chart, ...truth, ...use };

/** Every text of the page. A text with a value in it is a function, so that each language can order and count its way. */
export type Messages = typeof en;
