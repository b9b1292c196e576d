import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The environment of a command whose AWS is at `url`: its configuration file says so, as a stage of AWS is not to be sent elsewhere by
 * variables.
 * @param folder where the file is written
 */
export function awsAt(url: string, folder: string): Readonly<Record<string, string>> {
  const config = join(folder, `aws-config-${new URL(url).port}`);
  writeFileSync(config, `[default]\nendpoint_url = ${url}\n`);
  return {
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: config,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_PROFILE: '',
    AWS_ENDPOINT_URL: '',
  };
}
