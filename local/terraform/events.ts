import { checkPattern, type EventRule } from '../aws/events/events.ts';
import { type Schedule, secondsOf } from '../aws/events/schedule.ts';
import { parseJson, type TerraformDocument } from './document.ts';
import { TerraformError } from './references.ts';
import { RULE, TARGET } from './schemas.ts';

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
