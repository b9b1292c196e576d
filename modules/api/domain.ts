import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js';
import type { Construct } from 'constructs';
import type { StageSettings } from '../settings-schema.ts';

/** Points a domain name at an AWS resource, by IPv4 and IPv6, in the domain's hosted zone. */
export function aliasRecord(
  scope: Construct,
  { domainName, zoneId }: NonNullable<StageSettings['domain']>,
  target: { readonly name: string; readonly zoneId: string },
  types: readonly ('A' | 'AAAA')[] = ['A', 'AAAA'],
): void {
  for (const type of types) {
    new Route53Record(scope, `record-${type.toLowerCase()}`, {
      zoneId,
      name: domainName,
      type,
      alias: { ...target, evaluateTargetHealth: false },
    });
  }
}
