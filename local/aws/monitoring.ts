import { type Alarm, evaluationRange } from './cloudwatch/alarm.ts';
import { type AlarmStatus, type AlarmWatch, createAlarmWatch, EVALUATION_MS } from './cloudwatch/alarm-watch.ts';
import { startCloudWatch } from './cloudwatch/cloudwatch.ts';
import { type Measurement, MetricStore, type MetricSummary } from './cloudwatch/metric-store.ts';
import type { Sns } from './sns/sns.ts';

/** What no alarm looks back to is kept for whoever asks for metrics; unscaled. */
const SHORTEST_RETENTION_MS = 3 * 3600 * 1000;

export interface MonitoringOptions {
  readonly alarms: readonly Alarm[];
  readonly sns: Pick<Sns, 'publish'>;
  /** Multiplies periods. */
  readonly timeScale: number;
  onFailure(alarmName: string, error: unknown): void;
}

/** CloudWatch: its endpoint, what was put there and by the stack itself, and the alarms over both. */
export interface Monitoring extends Pick<AlarmWatch, 'start'> {
  /** For AWS_ENDPOINT_URL_CLOUDWATCH. */
  readonly url: string;
  put(measurements: readonly Measurement[]): void;
  metrics(): Record<string, MetricSummary[]>;
  alarms(): AlarmStatus[];
  close(): Promise<void>;
}

/** Starts CloudWatch, whose alarms begin to be evaluated with `start`. */
export async function startMonitoring({ alarms, sns, timeScale, onFailure }: MonitoringOptions): Promise<Monitoring> {
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
    publish: (topicArn, { subject, message }) => sns.publish({ topicArn, subject, message }),
    onFailure,
  });
  const endpoint = await startCloudWatch({ onData: put });
  return {
    url: endpoint.url,
    put,
    metrics: () => store.summary(),
    alarms: () => watch.status(),
    start: () => watch.start(),
    async close() {
      watch.close();
      await endpoint.close();
    },
  };
}
