import type { StageConfig } from '../config.ts';
import { allow, type Statement } from '../policy-document.ts';
import { boundaryArn } from './boundary.ts';

/**
 * What Terraform asks of AWS for some resource types of a stage's stack. In ARNs and conditions, REGION, ACCOUNT, STAGE, PREFIX (of the
 * stage's names), ZONE (each hosted zone of the settings) and BOUNDARY (of the stage's roles) stand for what they are called after.
 */
export interface Grant {
  readonly sid: string;
  /** Resource types whose plan or apply makes these calls. A type may be in several grants. */
  readonly types: readonly string[];
  /** ARNs. `ANY` where AWS has no resources for the actions, or makes up an id that nobody can know before. */
  readonly on: readonly string[];
  readonly service: string;
  /** Actions of a plan, separated by blanks. None of them answers with what people wrote. */
  readonly read?: string;
  /** Actions that an apply needs besides. */
  readonly change?: string;
  /** Actions that remove what people made: a stage with deletionProtection is deployed without them. */
  readonly erase?: string;
  readonly condition?: Readonly<Record<string, string>>;
}

export const ANY = ['*'];

/** Tags that the provider puts on all it makes. */
export const TAGGED = { 'aws:ResourceTag/Project': 'goal-activity', 'aws:ResourceTag/Stage': 'STAGE' };
/** The same, in the call that makes something. */
export const TAGGING = { 'aws:RequestTag/Project': 'goal-activity', 'aws:RequestTag/Stage': 'STAGE' };

/** The statement that grants a stage's role some of the actions; none where the stage has nothing of the kind. */
export function statementsOf(
  { sid, service, on, condition }: Grant,
  actions: string,
  config: StageConfig,
): readonly Statement[] {
  const { domain, websiteDomain, region, account } = config.settings;
  const zones = [domain, websiteDomain].flatMap((of) => of?.zoneId ?? []);
  const filled = (text: string) =>
    Object.entries({
      REGION: region,
      ACCOUNT: account,
      STAGE: config.stage,
      PREFIX: config.prefix,
      BOUNDARY: boundaryArn(config) ?? '',
    }).reduce((before, [name, value]) => before.replaceAll(name, value), text);
  const resources = on.flatMap((arn) => (arn.includes('ZONE') ? zones.map((zone) => arn.replace('ZONE', zone)) : arn));
  const operations = actions.split(' ').filter((action) => action !== '');
  if (operations.length === 0 || resources.length === 0) return [];
  const named = operations.map((operation) => `${service}:${operation}`);
  if (condition === undefined) return [allow(sid, named, [...new Set(resources)].map(filled))];
  const StringEquals = Object.fromEntries(Object.entries(condition).map(([key, value]) => [key, filled(value)]));
  return [allow(sid, named, [...new Set(resources)].map(filled), { StringEquals })];
}
