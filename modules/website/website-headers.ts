import { CloudfrontResponseHeadersPolicy } from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js';
import type { Construct } from 'constructs';
import { contentSecurityPolicy } from '../../web/scripts/content-security-policy.ts';

const TWO_YEARS_SECONDS = 2 * 365 * 24 * 60 * 60;

/** The headers that every answer with a file of the page has. */
export function securityHeaders(
  scope: Construct,
  name: string,
  origins: readonly string[],
): CloudfrontResponseHeadersPolicy {
  return new CloudfrontResponseHeadersPolicy(scope, 'headers', {
    name,
    securityHeadersConfig: {
      contentSecurityPolicy: {
        contentSecurityPolicy: `${contentSecurityPolicy(origins)}; upgrade-insecure-requests`,
        override: true,
      },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: 'DENY', override: true },
      referrerPolicy: { referrerPolicy: 'no-referrer', override: true },
      strictTransportSecurity: {
        accessControlMaxAgeSec: TWO_YEARS_SECONDS,
        includeSubdomains: true,
        override: true,
      },
    },
    customHeadersConfig: {
      items: [
        { header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=()', override: true },
        { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
      ],
    },
  });
}
