import { createInterface } from 'node:readline/promises';
import type { StageSettings } from '../../modules/settings-schema.ts';
import { changesOf } from './plan.ts';
import { ToolError } from './tool.ts';

/** Where retiring a stage is explained. */
const PAGE = 'docs/operations.md, "Retire a stage"';

/** How a resource with data says that AWS, or the provider, refuses to delete it: an attribute and its value. */
const PROTECTED: Readonly<Record<string, readonly [attribute: string, value: unknown]>> = {
  aws_dynamodb_table: ['deletion_protection_enabled', true],
  aws_cognito_user_pool: ['deletion_protection', 'ACTIVE'],
  // The provider empties a bucket only when the state says so, which a deploy without protection has written there.
  aws_s3_bucket: ['force_destroy', false],
};

/** @throws ToolError when the settings protect the stage, or its state is meant */
export function refuseProtected(stage: string, isBootstrap: boolean, { deletionProtection }: StageSettings): void {
  if (isBootstrap) throw new ToolError(`What holds the state of ${stage} is not destroyed by a command. Read ${PAGE}.`);
  if (!deletionProtection) return;
  throw new ToolError(
    `${stage} is protected (deletionProtection in modules/settings.json), so it is not destroyed. Read ${PAGE}.`,
  );
}

/**
 * What a plan would destroy.
 * @param text the plan, as `terraform show -json` prints it
 * @returns addresses of all resources, and of those with data
 * @throws ToolError naming what is still protected where it is deployed, since destroying would stop half-way; or saying that there is nothing
 */
export function readDoomed(stage: string, text: string): { all: readonly string[]; data: readonly string[] } {
  const doomed = changesOf(text).filter(({ change }) => change.actions.includes('delete'));
  if (doomed.length === 0) throw new ToolError(`${stage} has nothing to destroy: its state is empty.`);
  const data = doomed.filter(({ type }) => PROTECTED[type] !== undefined);
  const still = data.filter(({ type, change }) => {
    const [attribute, value] = PROTECTED[type] ?? [''];
    return change.before?.[attribute] === value;
  });
  if (still.length > 0) {
    throw new ToolError(
      `${stage} is not destroyed, since these are still protected where they are deployed: ${addresses(still).join(', ')}. ` +
        `Deploy it with deletionProtection false first. Read ${PAGE}.`,
    );
  }
  return { all: addresses(doomed), data: addresses(data) };
}

const addresses = (resources: readonly { address: string }[]) => resources.map(({ address }) => address);

/** Says what goes with its data and what stays, and asks. @throws ToolError unless the stage's name is typed */
export async function confirmDestroy(stage: string, { all, data }: ReturnType<typeof readDoomed>): Promise<void> {
  const withData =
    data.length === 0 ? '.' : `, with all the data in\n${data.map((address) => `  ${address}\n`).join('')}`;
  console.error(
    `\nThe ${all.length} resources of ${stage} that are shown above are destroyed, for good${withData}\n` +
      'What stays: the state, which is empty then, with its history; for 35 days the backups of the tables that DynamoDB makes, for 30 the key of the topics.\n',
  );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const answer = await Promise.race([terminal.question(`Type the name of the stage to destroy it: `), ended]);
    if (answer.trim() !== stage) throw new ToolError(`\n${stage} was not typed: nothing is destroyed.`);
  } finally {
    terminal.close();
  }
}
