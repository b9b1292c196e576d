import { type Document, field, ofType, referencesIn } from '../policy/document.ts';
import { statementsOf } from '../policy/statements.ts';

/** The functions of a stage, by who calls them. */
export interface FunctionGroups {
  /** Behind the HTTP API. */
  readonly api: readonly string[];
  /** Called by states of the state machine and by nothing else, in the order of the states. */
  readonly states: readonly string[];
  /** Called by events and schedules, and one of them by the state of a failed run as well. */
  readonly events: readonly string[];
}

/** `start-workflow` for an address such as `aws_lambda_alias.start_workflow_live`. */
const functionOf = (address: string) =>
  address.replace(/^aws_lambda_(function|alias)\.(\w+)_(function|live)$/, '$2').replaceAll('_', '-');

/** The functions that resources of a type refer to, each once. */
function functionsIn(document: Document, type: string, argument: string): readonly string[] {
  const references = ofType(document, type).flatMap(({ of }) => referencesIn(field(of, argument)));
  return [...new Set(references.filter((address) => address.startsWith('aws_lambda_')).map(functionOf))];
}

/** Finds out who calls which function. */
export function functionGroups(document: Document): FunctionGroups {
  const events = functionsIn(document, 'aws_cloudwatch_event_target', 'arn').toSorted();
  return {
    api: functionsIn(document, 'aws_apigatewayv2_integration', 'integration_uri').toSorted(),
    states: functionsIn(document, 'aws_sfn_state_machine', 'definition').filter((name) => !events.includes(name)),
    events,
  };
}

/** What a service of AWS is in the picture, by the prefix of its actions; what everything does has no arrow. */
const BOX_OF_SERVICE: Readonly<Record<string, string | undefined>> = {
  bedrock: 'ai',
  dynamodb: 'tables',
  s3: 'archive',
  sns: 'topics',
  kms: 'topics',
  sqs: 'queues',
  states: 'machine',
  // Logs, traces and metrics of all of them.
  cloudwatch: undefined,
  logs: undefined,
  xray: undefined,
};

/**
 * The boxes that some functions may call, by the policies of their roles.
 * @throws Error for a service that has no box
 */
export function boxesCalledBy(document: Document, functions: readonly string[]): readonly string[] {
  const policies = new Set(functions.map((name) => `aws_iam_role_policy.${name.replaceAll('-', '_')}_policy`));
  const boxes = statementsOf(document)
    .filter(({ on }) => policies.has(on.address))
    .flatMap(({ actions }) => actions)
    .map((action) => {
      const [service = ''] = action.split(':');
      if (!Object.hasOwn(BOX_OF_SERVICE, service)) throw new Error(`${service} is in no box of the picture`);
      return BOX_OF_SERVICE[service];
    });
  return [...new Set(boxes.filter((box) => box !== undefined))].toSorted();
}
