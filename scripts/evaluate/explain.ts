import { describeError } from '../../lambdas/core/src/errors.ts';
import type { Model } from './model.ts';

/** A call that was not even signed, and what Bedrock refuses each call with. */
const CAUSES: readonly (readonly [names: RegExp, explain: (model: Model, message: string) => string])[] = [
  [
    /^CredentialsProviderError$|^TokenProviderError$/,
    () => 'There are no AWS credentials. Set AWS_PROFILE, or sign in as you do for the AWS CLI, and try again.',
  ],
  [
    /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|ExpiredTokenException|IncompleteSignature)$/,
    (_model, message) => `AWS does not take the credentials: ${message}. Renew them, or choose another AWS_PROFILE.`,
  ],
  [
    /^AccessDeniedException$/,
    ({ modelId, region }, message) =>
      `No access to ${modelId} in ${region}: ${message} Allow bedrock:InvokeModel for it, and for the models behind a profile.`,
  ],
  [
    /^(ResourceNotFoundException|FTUFormNotFilled)$/,
    ({ modelId, region }, message) => `${modelId} cannot be used in ${region}: ${message}`,
  ],
  [
    /^ValidationException$/,
    ({ modelId, region }, message) =>
      `${modelId} in ${region} refuses the request: ${message} Many models are only called by an inference profile, and not all take tools.`,
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED)$/,
    ({ region }, message) => `Bedrock in ${region} cannot be reached: ${message}`,
  ],
  [/^(ServiceQuotaExceededException)$/, (_model, message) => `A quota is used up: ${message}`],
];

/**
 * What to do about an error that each further call would meet, too. The names are those of "Troubleshooting Amazon Bedrock API
 * Error Codes" (Amazon Bedrock User Guide), and of the SDK's credential providers.
 * @returns undefined for one that may pass, or that is about one action alone
 */
export function explain(thrown: unknown, model: Model): string | undefined {
  for (let error: unknown = thrown; error !== undefined; error = Object(error).cause) {
    const { name, message } = describeError(error);
    const code: unknown = Object(error).code;
    const found = CAUSES.find(([names]) => names.test(name) || (typeof code === 'string' && names.test(code)));
    if (found !== undefined) return found[1](model, message);
    if (/too many tokens per day/i.test(message)) return `A quota is used up: ${message}`;
  }
  return undefined;
}
