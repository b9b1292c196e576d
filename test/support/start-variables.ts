import { workerEnvironment } from '../../local/aws/lambda/environment.ts';
import { readTerraform } from '../../local/terraform/stack-description.ts';
import { loadConfig } from '../../modules/config.ts';
import { synthesize } from '../../modules/stack.ts';
import type { LambdaName } from '../../modules/workflow/function-table.ts';
import { withFolders } from '../infrastructure/folders.ts';

const { functions, region } = withFolders((folders) =>
  readTerraform(synthesize({ config: loadConfig('dev'), ...folders })),
);

/**
 * The variables that a Lambda has when it starts on the stage dev.
 * @param directory of its bundle
 */
export function startVariables(lambda: LambdaName, directory = ''): Record<string, string> {
  const found = functions.find(({ name }) => name === lambda);
  if (found === undefined) throw new Error(`${lambda} is not deployed`);
  return workerEnvironment({ ...found, directory, timeoutMs: found.timeoutSeconds * 1000 }, region);
}
