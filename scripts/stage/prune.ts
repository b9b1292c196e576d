/** `make prune`: deletes old versions of a stage's functions and of its state machine. See USAGE. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { loadConfig } from '../../modules/config.ts';
import { SynthError } from '../../modules/synth-error.ts';
import { LAMBDAS } from '../../modules/workflow/function-table.ts';
import { ToolError } from '../terraform/tool.ts';
import { clientConfigOf, sayAwsError } from './aws.ts';
import { deleteFunctionVersions, deleteStateMachineVersions, survey, type Versions } from './versions.ts';

/** So many deploys back can be gone by moving the aliases. */
const NEWEST = 20;

const USAGE = `make prune STAGE=dev [DRY_RUN=1]: deletes old versions of a stage's functions and of its state machine

STAGE      a stage of modules/settings.json (dev)
DRY_RUN=1  says what would be deleted, and deletes nothing

Each deploy publishes versions, and AWS refuses a deploy once a state machine has 1000. The ${NEWEST} newest stay, and so does
every version behind an alias, every version that an execution uses which runs, and every version of a function that a
version of the state machine calls which stays. Credentials are found as the AWS SDK finds them.

Ends with 0 when it has done that, and 1 when it could not; what is deleted by then is said.`;

/** A line on the versions of a function or of the state machine. */
function describe(what: string, { kept, old }: Versions, isDry: boolean): string {
  const deleted = old.length === 0 ? 'none is old' : `${old.length} ${isDry ? 'old' : 'deleted'}: ${old.join(', ')}`;
  return `${what}: ${kept.length} kept, ${deleted}`;
}

async function prune(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = loadConfig(environment.STAGE || 'dev');
  const { names } = config;
  // A deploy that has just published makes many calls, too: be patient when AWS says that it is too much.
  const client = { ...clientConfigOf(config, environment), maxAttempts: 10 };
  const stage = {
    lambda: new LambdaClient(client),
    sfn: new SFNClient(client),
    stateMachineArn: names.stateMachine.arn,
    functionArns: LAMBDAS.map((lambda) => names.functionArn(lambda)),
  };
  const isDry = environment.DRY_RUN === '1';
  const found = await survey(stage, NEWEST);
  if (!isDry) await deleteStateMachineVersions(stage, found.stateMachine.old);
  console.log(describe(`state machine ${names.stateMachine.name}`, found.stateMachine, isDry));
  for (const [arn, versions] of found.functions) {
    if (!isDry) await deleteFunctionVersions(stage, arn, versions.old);
    console.log(describe(`function ${arn.split(':').at(-1)}`, versions, isDry));
  }
  if (isDry) console.log('DRY_RUN=1: nothing was deleted.');
}

const [option] = process.argv.slice(2);
if (option === '--help' || option === '-h') console.log(USAGE);
else {
  try {
    if (option !== undefined) throw new ToolError(`${option} is no option; there is --help`);
    await prune(process.env);
  } catch (thrown) {
    const isOfPerson = [ToolError, SynthError].some((Class) => thrown instanceof Class);
    console.error(
      isOfPerson && thrown instanceof Error ? thrown.message : sayAwsError('The versions could not be pruned', thrown),
    );
    process.exitCode = 1;
  }
}
