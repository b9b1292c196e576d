import { join } from 'node:path';

/** Where cdktn is installed: below our node_modules, so that it finds the `constructs` that everything else uses. */
export const CDKTN_FOLDER = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'cdktn');
