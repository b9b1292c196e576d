import type { Messages } from '../en/en.ts';
import { chart } from './chart.ts';
import { entry } from './entry.ts';
import { goal } from './goal.ts';
import { page } from './page.ts';
import { run } from './run.ts';
import { truth } from './truth.ts';
import { use } from './use.ts';

export const ja: Messages = { ...page, ...goal, ...run, ...entry, ...chart, ...truth, ...use };
