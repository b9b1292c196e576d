import { randomUUID } from 'node:crypto';
import { isRecord } from '@goal-activity/client/json.ts';
import { localToken } from '@goal-activity/client/local-token.ts';
import { isLoopback } from '../../local/http/server.ts';
import { loadConfig } from '../../modules/config.ts';
import { ToolError } from '../terraform/tool.ts';
import type { Target } from './trial.ts';

/**
 * The local stack at an address: it gives tokens to anybody, and says where its AWS is.
 * @throws ToolError for another address, which needs a TOKEN
 */
export async function localTarget(url: string, signal: AbortSignal): Promise<Target> {
  if (!isLoopback(new URL(url).host))
    throw new ToolError(`Give a TOKEN for ${url}, or a STAGE: only the local stack gives tokens by itself`);
  const of = (person: string) => localToken(url, `smoke-${person}-${randomUUID()}`, signal);
  const how = 'two persons of the local stack';
  const signedIn = { token: await of('one'), otherToken: await of('other'), how, forget: async () => [] };
  const health: unknown = await (await fetch(`${url}/local/health`, { signal })).json();
  if (!isRecord(health) || typeof health.stage !== 'string' || typeof health.awsUrl !== 'string')
    throw new ToolError(`${url} is a local stack of another version: start it anew`);
  const config = loadConfig(health.stage);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return {
    url,
    signedIn,
    stage: { config, aws: { region: config.settings.region, endpoint: health.awsUrl, credentials } },
  };
}
