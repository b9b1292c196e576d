import template from './definition.asl.json' with { type: 'json' };
import { RETRIERS } from './retries.ts';

/** The Lambda (folder under `lambdas/`) behind each function placeholder of the template. */
export const FUNCTION_OF_PLACEHOLDER = {
  ValidateInput: 'validate-input',
  GetActions: 'get-actions',
  CreateBatches: 'create-batches',
  GenerateTasks: 'generate-tasks',
  SaveTasks: 'save-tasks',
  UpdateProgress: 'update-progress',
  AggregateResults: 'aggregate-results',
  UpdateGoalStatus: 'update-goal-status',
  HandleError: 'handle-error',
} as const;

/** Every placeholder that `renderDefinition` wants a value (an ARN or a reference to one) for. */
export type DefinitionValues = Record<
  keyof typeof FUNCTION_OF_PLACEHOLDER | 'AlertsTopicArn' | 'NoticesTopicArn',
  string
>;

/**
 * Fills the template: `"${StandardRetry}"` and its like become the retriers of `retries.ts`, every other
 * placeholder its value. Values may be Terraform references; they are copied as they are.
 * @returns the Amazon States Language definition, as JSON
 * @throws Error naming a placeholder without a value, or a value without a placeholder
 */
export function renderDefinition(values: Readonly<DefinitionValues>): string {
  const used = new Set<string>();
  const given: Readonly<Record<string, unknown>> = { ...RETRIERS, ...values };
  const definition = JSON.stringify(template, (_key, value: unknown) => {
    const name = typeof value === 'string' ? /^\$\{(\w+)\}$/.exec(value)?.[1] : undefined;
    if (name === undefined) return value;
    if (!(name in given)) throw new Error(`statemachine/definition.asl.json: no value for \${${name}}`);
    used.add(name);
    return given[name];
  });
  const unknown = Object.keys(values).filter((name) => !used.has(name));
  if (unknown.length > 0) {
    throw new Error(`statemachine/definition.asl.json has no placeholder for: ${unknown.join(', ')}`);
  }
  return definition;
}
