import { checkPattern, type EventRule } from './events.ts';
import { type Schedule, secondsOf } from './schedule.ts';
import type { StreamMapping } from './streams/mapping.ts';
import type { TableDescription } from './terraform.ts';
import { parseJson, type TerraformDocument } from './terraform-document.ts';
import { TerraformError } from './terraform-references.ts';
import { RULE, SOURCE_MAPPING, TARGET } from './terraform-schemas.ts';

/** Of a DynamoDB stream, where the mapping does not say: AWS's own. */
const DEFAULT_BATCH_SIZE = 100;

/** The rules that match events. */
export function readRules(document: TerraformDocument, functionNames: ReadonlySet<string>): EventRule[] {
  const targets = readTargets(document, functionNames);
  return document.all(RULE).flatMap(([resource, { name, event_pattern, schedule_expression }]) => {
    const at = `${RULE.type}.${resource}`;
    if (event_pattern === undefined) {
      if (schedule_expression !== undefined) return [];
      throw new TerraformError(`${at} lacks event_pattern`);
    }
    return [
      {
        name,
        eventPattern: readPattern(event_pattern, `${at}: event_pattern`),
        targets: targets.filter(({ rule }) => rule === name).map(({ functionName }) => ({ functionName })),
      },
    ];
  });
}

/** The rules that run on a schedule. */
export function readSchedules(document: TerraformDocument, functionNames: ReadonlySet<string>): Schedule[] {
  const targets = readTargets(document, functionNames);
  return document.all(RULE).flatMap(([resource, { name, schedule_expression }]) => {
    if (schedule_expression === undefined) return [];
    const at = `${RULE.type}.${resource}`;
    return [
      {
        name,
        arn: document.attribute(RULE, resource, 'arn'),
        everySeconds: named(`${at}: schedule_expression`, () => secondsOf(schedule_expression)),
        targets: targets.filter(({ rule }) => rule === name).map(({ rule: _, ...target }) => target),
      },
    ];
  });
}

function readTargets(document: TerraformDocument, functionNames: ReadonlySet<string>) {
  return document.all(TARGET).map(([resource, { rule, arn, input }]) => {
    const at = `${TARGET.type}.${resource}`;
    const functionName = functionOf(arn, `${at}: arn`, functionNames);
    return { rule, functionName, ...(input === undefined ? {} : { input: parseJson(input, `${at}: input`) }) };
  });
}

/** The Lambdas that get the records of a table's stream; those that are switched off are left out. */
export function readMappings(
  document: TerraformDocument,
  functionNames: ReadonlySet<string>,
  tables: readonly TableDescription[],
): StreamMapping[] {
  return document.all(SOURCE_MAPPING).flatMap(([resource, mapping]) => {
    if (mapping.enabled === false) return [];
    const at = `${SOURCE_MAPPING.type}.${resource}`;
    const tableName = /:table\/([^/]+)\/stream\//.exec(mapping.event_source_arn)?.[1];
    const table = tables.find(({ name, streamViewType }) => name === tableName && streamViewType !== undefined);
    if (table === undefined) {
      throw new TerraformError(`${at}: event_source_arn is ${mapping.event_source_arn}, which is no stream of a table`);
    }
    const filters = mapping.filter_criteria?.filter ?? [];
    return [
      {
        name: resource,
        tableName: table.name,
        streamArn: mapping.event_source_arn,
        ttlAttribute: table.ttlAttribute,
        functionName: mappedFunction(mapping.function_name, `${at}: function_name`, functionNames),
        batchSize: mapping.batch_size ?? DEFAULT_BATCH_SIZE,
        startingPosition: mapping.starting_position,
        patterns: filters.map(({ pattern }) => readPattern(pattern, `${at}: filter_criteria`)),
        bisectOnError: mapping.bisect_batch_on_function_error ?? false,
        reportsItemFailures: (mapping.function_response_types ?? []).length > 0,
        maximumRetries: mapping.maximum_retry_attempts ?? -1,
        maximumAgeSeconds: mapping.maximum_record_age_in_seconds ?? -1,
      },
    ];
  });
}

/** A mapping may name its function or give its ARN. */
const mappedFunction = (text: string, at: string, functionNames: ReadonlySet<string>) =>
  functionNames.has(text) ? text : functionOf(text, at, functionNames);

/** The function in a Lambda ARN, qualified or not, which an integration's URI wraps. */
export function functionOf(text: string, at: string, functionNames: ReadonlySet<string>): string {
  const name = /arn:aws:lambda:[^:]+:[^:]+:function:([\w-]+)/.exec(text)?.[1];
  if (name === undefined || !functionNames.has(name)) {
    throw new TerraformError(`${at} is ${text}, which is no function of the stack`);
  }
  return name;
}

function readPattern(text: string, at: string): unknown {
  const pattern = parseJson(text, at);
  named(at, () => checkPattern(pattern));
  return pattern;
}

/** Says where an argument is that something else cannot use. */
function named<T>(at: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TerraformError(`${at}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
