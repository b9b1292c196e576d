import type { Messages } from '../en/en.ts';
import { entry } from './entry.ts';
import { goal } from './goal.ts';
import { page } from './page.ts';
import { run } from './run.ts';

export const ja: Messages = { ...page, ...goal, ...run, ...entry };
