import { Ajv, type ErrorObject } from 'ajv';
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
type Datum = PutMetricData['MetricData'][number];

const isRequest = new Ajv({ strictTypes: false }).compile<PutMetricData>(requestSchema);

const invalidValue = (message: string) => new AwsError(400, 'InvalidParameterValueException', message);
const missing = (parameter: string) =>
  new AwsError(400, 'MissingRequiredParameterException', `The parameter ${parameter} is required.`);
const invalidCombination = (message: string) => new AwsError(400, 'InvalidParameterCombinationException', message);

/**
 * Checks a PutMetricData request as CloudWatch does.
 * @param body the request as parsed JSON
 * @param now milliseconds since the epoch; stands in for a timestamp that is not given
 * @throws AwsError naming the parameter as CloudWatch does: `MetricData.member.1.MetricName`
 */
export function readPutMetricData(body: unknown, now: number): Measurement[] {
  if (!isRequest(body)) throw refusal(isRequest.errors?.[0]);
  return body.MetricData.map((datum, index) => {
    const { MetricName: metricName, Dimensions = [], Timestamp, Unit: unit } = datum;
    const at = `MetricData.member.${index + 1}.`;
    const timestamp = Timestamp === undefined ? now : Timestamp * 1000;
    if (!(timestamp > now - OLDEST_MS && timestamp < now + FURTHEST_MS))
      throw invalidValue(`The parameter ${at}Timestamp must be at most two weeks past or two hours ahead.`);
    const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
    if (Object.keys(dimensions).length < Dimensions.length)
      throw invalidValue(`The parameter ${at}Dimensions must not hold a dimension twice.`);
    const values = readValues(datum, at);
    return { namespace: body.Namespace, metricName, dimensions, timestamp, values, ...(unit && { unit }) };
  });
}

function readValues({ Value, Values, Counts }: Datum, at: string): Map<number, number> {
  if ((Value !== undefined && Values !== undefined) || (Counts !== undefined && Values === undefined))
    throw invalidCombination(`${at}Value and ${at}Values are mutually exclusive, and ${at}Counts goes with Values.`);
  const values = Values ?? (Value === undefined ? undefined : [Value]);
  if (values === undefined) throw missing(`${at}Value`);
  if (Counts !== undefined && Counts.length !== values.length)
    throw invalidValue(`The parameters ${at}Values and ${at}Counts must be of the same size.`);
  const counted = new Map<number, number>();
  for (const [index, value] of values.entries()) counted.set(value, (counted.get(value) ?? 0) + (Counts?.[index] ?? 1));
  return counted;
}

/** CloudWatch counts the members of lists from 1, and takes an empty text or list for a missing one. */
function refusal(error: ErrorObject | undefined): AwsError {
  const { instancePath = '', keyword, params = {}, message } = error ?? {};
  const parts = instancePath.split('/').slice(1);
  const at = parts.map((part) => (/^\d+$/.test(part) ? `member.${Number(part) + 1}` : part)).join('.');
  const below = (property: unknown) => [at, String(property)].filter(Boolean).join('.');
  if (keyword === 'required') return missing(below(params.missingProperty));
  if ((keyword === 'minLength' || keyword === 'minItems') && params.limit === 1) return missing(at);
  if (keyword === 'additionalProperties')
    return invalidValue(`The local CloudWatch does not know the parameter ${below(params.additionalProperty)}.`);
  return invalidValue(`The parameter ${at} ${message}.`);
}
