import { Ajv, type ValidateFunction } from 'ajv';
import type { FromSchema } from 'json-schema-to-ts';
import { AwsError } from '../endpoint.ts';
import type { Measurement } from './metric-store.ts';

const OLDEST_MS = 14 * 24 * 3600 * 1000;
const FURTHEST_MS = 2 * 3600 * 1000;

/** Whatever CloudWatch can show: ASCII with something in it besides spaces. */
const name = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x20-\\x7e]*[\\x21-\\x7e][\\x20-\\x7e]*$',
} as const;
/** NaN and the infinities cross the wire as texts, and CloudWatch takes none of them. */
const number = { type: 'number', minimum: -(2 ** 360), maximum: 2 ** 360 } as const;

/** Limits of PutMetricData (CloudWatch API reference: PutMetricData, MetricDatum, Dimension), as far as our metrics go. */
const requestSchema = {
  type: 'object',
  required: ['Namespace', 'MetricData'],
  additionalProperties: false,
  properties: {
    Namespace: { ...name, not: { pattern: '^(AWS/|:)' } },
    MetricData: {
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      items: {
        type: 'object',
        required: ['MetricName'],
        oneOf: [{ required: ['Value'] }, { required: ['Values'] }],
        dependencies: { Counts: ['Values'] },
        additionalProperties: false,
        properties: {
          MetricName: name,
          Dimensions: {
            type: 'array',
            maxItems: 30,
            items: {
              type: 'object',
              required: ['Name', 'Value'],
              additionalProperties: false,
              properties: { Name: name, Value: { ...name, maxLength: 1024 } },
            },
          },
          /** Seconds since the epoch. */
          Timestamp: { type: 'number' },
          Unit: { enum: ['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Bytes', 'None'] },
          Value: number,
          Values: { type: 'array', minItems: 1, maxItems: 150, items: number },
          Counts: { type: 'array', items: { ...number, exclusiveMinimum: 0 } },
        },
      },
    },
  },
} as const;

type PutMetricData = FromSchema<typeof requestSchema>;

/** Compiled when metrics come for the first time: a stack is to start quickly. */
let validator: ValidateFunction<PutMetricData> | undefined;

const invalid = (parameter: string, why: string) =>
  new AwsError(400, 'InvalidParameterValueException', `The parameter ${parameter} ${why}.`);

/**
 * Checks a PutMetricData request as CloudWatch does, though with one exception for all that is wrong.
 * @param body the request as parsed JSON
 * @param now milliseconds since the epoch; stands in for a timestamp that is not given
 * @throws AwsError naming the parameter: `MetricData/0/MetricName`
 */
export function readPutMetricData(body: unknown, now: number): Measurement[] {
  validator ??= new Ajv({ strictTypes: false }).compile<PutMetricData>(requestSchema);
  const isRequest = validator;
  if (!isRequest(body)) {
    const { instancePath = '', message = '' } = isRequest.errors?.[0] ?? {};
    throw invalid(instancePath.slice(1), message);
  }
  return body.MetricData.map(({ MetricName: metricName, Dimensions = [], Unit: unit, ...datum }, index) => {
    const { Timestamp = now / 1000, Value = 0, Values = [Value], Counts = Values.map(() => 1) } = datum;
    const timestamp = Timestamp * 1000;
    if (!(timestamp > now - OLDEST_MS && timestamp < now + FURTHEST_MS))
      throw invalid(`MetricData/${index}/Timestamp`, 'must be at most two weeks past or two hours ahead');
    if (Counts.length !== Values.length) throw invalid(`MetricData/${index}/Counts`, 'must be as many as Values');
    const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value: value }) => [Name, value]));
    const values = new Map<number, number>();
    for (const [at, value] of Values.entries()) values.set(value, (values.get(value) ?? 0) + (Counts[at] ?? 1));
    return { namespace: body.Namespace, metricName, dimensions, timestamp, values, ...(unit && { unit }) };
  });
}
