import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type AwsCall, AwsError, type AwsService, jsonAnswer, jsonError } from '../endpoint.ts';
import type { Sns } from '../sns/sns.ts';
import { type Alarm, evaluationRange } from './alarm.ts';
import { alarmCalls } from './alarm-api.ts';
import { createAlarmWatch, EVALUATION_MS } from './alarm-watch.ts';
import { type Measurement, MetricStore } from './metric-store.ts';
import { readPutMetricData } from './put-metric-data.ts';

/** What no alarm looks back to is kept for whoever asks for metrics; unscaled. */
const SHORTEST_RETENTION_MS = 3 * 3600 * 1000;
/** AWS JSON 1.0, which the SDK's client speaks, where CloudWatch's service has this name. */
const TARGET = /^GraniteServiceVersion20100801\.(\w+)$/;

export interface CloudWatchOptions {
  readonly alarms: readonly Alarm[];
  readonly sns: Pick<Sns, 'publish'>;
  /** Multiplies periods. */
  readonly timeScale: number;
  onFailure(alarmName: string, error: unknown): void;
}

/** CloudWatch: PutMetricData, the calls about alarms, what was put there and by the stack itself, and the alarms over both. */
export type CloudWatch = ReturnType<typeof createCloudWatch>;

/** Makes a CloudWatch, whose alarms begin to be evaluated with `start`. */
export function createCloudWatch({ alarms, sns, timeScale, onFailure }: CloudWatchOptions) {
  const longestMs = Math.max(0, ...alarms.map((alarm) => evaluationRange(alarm) * alarm.periodSeconds * 1000));
  const store = new MetricStore({
    resolutionMs: EVALUATION_MS * timeScale,
    retentionMs: Math.max(longestMs, SHORTEST_RETENTION_MS) * timeScale,
  });
  const put = (measurements: readonly Measurement[]): void => {
    for (const measurement of measurements) store.add(measurement);
  };
  const watch = createAlarmWatch({
    alarms,
    store,
    timeScale,
    publish: (topicArn, { subject, message }) => sns.publish({ topicArn, subject, message, attributes: {} }),
    onFailure,
  });
  const operations: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => object>> = {
    ...alarmCalls(watch),
    PutMetricData(input) {
      put(readPutMetricData(input, Date.now()));
      return {};
    },
  };
  const service: AwsService = {
    async answer(call) {
      const target = String(call.request.headers['x-amz-target']);
      const name = TARGET.exec(target)?.[1] ?? '';
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (operation !== undefined) return jsonAnswer(operation(Object(await readJson(call))));
      const known = Object.keys(operations).join(', ');
      throw new AwsError(404, 'UnknownOperationException', `The local CloudWatch knows ${known} alone, not ${target}`);
    },
    refuse: jsonError,
  };
  return {
    service,
    put,
    metrics: () => store.summary(),
    alarms: watch.status,
    start: watch.start,
    close: watch.close,
  };
}

async function readJson({ request, body }: AwsCall): Promise<unknown> {
  const isZipped = request.headers['content-encoding'] === 'gzip';
  const content = isZipped ? await promisify(gunzip)(body) : body;
  return JSON.parse(content.toString('utf8'));
}
