/** What comes over HTTP, as JSON schemas. */

import { having } from './objects.ts';
import { line } from './text-rules.ts';
import { anyText } from './values.ts';

/** Claims of a token that names a user. Not every issuer's does, and the JWT authorizer does not look at `sub`. */
export const userClaimsSchema = having({ sub: line(128) });

const texts = { type: ['object', 'null'], additionalProperties: { type: ['string', 'null'] } } as const;
const jwt = having({ claims: { type: 'object' } });

/**
 * What this project needs of an API Gateway event (HTTP API, payload format 2.0) that passed the JWT authorizer. What it
 * may leave out may be null, which emulators write: a field, and a value within one.
 */
export const httpEventSchema = having(
  {
    routeKey: anyText,
    requestContext: having({ authorizer: having({ jwt }) }, { requestId: { type: ['string', 'null'] } }),
  },
  {
    /** Names in lower case; a header that was sent twice has its values joined by a comma. */
    headers: texts,
    pathParameters: texts,
    queryStringParameters: texts,
    body: { type: ['string', 'null'] },
    isBase64Encoded: { type: ['boolean', 'null'] },
  },
);

/** Query of a list: a page of so many items, and where it begins. */
export const pageQuery = {
  limit: { type: 'string', pattern: '^([1-9]|[1-9]\\d|100)$' },
  cursor: { type: 'string', minLength: 1, maxLength: 1000 },
} as const;
