/**
 * Stryker's build command, run in its sandbox: links the workspaces to the mutated sources there. Every other package
 * is found in the node_modules of the repository, which holds the sandbox.
 */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const links = join(process.cwd(), 'node_modules', '@goal-activity');
mkdirSync(links, { recursive: true });
for (const name of readdirSync('lambdas')) symlinkSync(join('..', '..', 'lambdas', name), join(links, name), 'dir');
