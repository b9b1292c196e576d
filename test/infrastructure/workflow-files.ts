import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'yaml';
import { ROOT, read } from '../documents.ts';

/** A step of a job or of an action. */
export interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job extends Readonly<Record<string, unknown>> {
  readonly uses?: string;
  readonly steps?: readonly Step[];
}
interface Workflow extends Readonly<Record<string, unknown>> {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The workflows' YAML, by the name of the file. */
export const texts = new Map(
  globSync('.github/workflows/*.yml', { cwd: ROOT }).map((path) => [basename(path, '.yml'), read(path)]),
);
/** The workflows, parsed. */
export const workflows = new Map([...texts].map(([name, text]): [string, Workflow] => [name, parse(text)]));

/** The action that synthesizes a stage and takes a role. */
export const stageAction: { readonly inputs: object; readonly runs: { readonly steps: readonly Step[] } } = parse(
  read('.github/actions/stage/action.yml'),
);

/** A workflow. */
export function workflowOf(name: string): Workflow {
  const found = workflows.get(name);
  if (found === undefined) throw new Error(`no workflow ${name}`);
  return found;
}

/** A job by `workflow.job`. */
export function jobOf(path: string): Job {
  const [workflow = '', job = ''] = path.split('.');
  const found = workflowOf(workflow).jobs[job];
  if (found === undefined) throw new Error(`no job ${path}`);
  return found;
}

export const stepsOf = ({ steps = [] }: Job) => steps;
export const runsOf = (job: Job) => stepsOf(job).flatMap(({ run }) => run ?? []);

/** The one step of a job whose text holds something. */
export function stepWith(path: string, text: string): Step {
  const [found, ...more] = stepsOf(jobOf(path)).filter((step) => JSON.stringify(step).includes(text));
  if (found === undefined || more.length > 0) throw new Error(`not one step of ${path} has ${text}`);
  return found;
}
