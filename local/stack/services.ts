import { join } from 'node:path';
import { createBedrock } from '../aws/bedrock/bedrock.ts';
import { parseAiSettings } from '../aws/bedrock/settings.ts';
import { createCloudWatch } from '../aws/cloudwatch/cloudwatch.ts';
import { startDatabase } from '../aws/dynamodb/database.ts';
import { outagesOf } from '../aws/outages.ts';
import { createS3 } from '../aws/s3/s3.ts';
import { bedrockMetrics } from '../aws/service-metrics.ts';
import { OUTAGE_ERRORS } from '../aws/sns/publish.ts';
import { createSns } from '../aws/sns/sns.ts';
import type { StackContext } from './context.ts';

/** The services that the functions call, apart from Step Functions, which calls the functions. */
export type Services = Awaited<ReturnType<typeof startServices>>;

export async function startServices(context: StackContext) {
  const { options, description, faults, log, closer } = context;
  const { dataDir, timeScale } = context.settings;
  const settings = parseAiSettings(options.environment, faults);
  const database = await startDatabase({
    tables: description.tables,
    region: description.region,
    dataDir: options.inMemory ? undefined : dataDir,
    faults,
    onTrouble: (what) => log.write('dynamodb', what),
  });
  closer.defer(() => database.close());
  const snsOutages = outagesOf('sns', faults, OUTAGE_ERRORS);
  const sns = createSns({ dataDir, outages: snsOutages, topics: description.topics });
  closer.defer(() => sns.close());
  const cloudWatch = createCloudWatch({
    alarms: description.alarms,
    sns,
    timeScale,
    onFailure: (alarmName, error) => log.write('cloudwatch', `${alarmName}: ${String(error)}`),
  });
  closer.defer(() => cloudWatch.close());
  const bedrock = createBedrock({
    ...options.ai,
    settings,
    onEnd(call) {
      cloudWatch.put(bedrockMetrics(call));
      options.ai?.onEnd?.(call);
    },
  });
  /** For the endpoint. */
  const aws = {
    sns: sns.service,
    monitoring: cloudWatch.service,
    bedrock: bedrock.service,
    s3: await createS3(join(dataDir, 's3'), description.buckets),
  };
  return { aws, database, sns, snsOutages, cloudWatch, bedrock };
}
