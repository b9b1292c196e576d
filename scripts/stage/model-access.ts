import { describeError } from '../../lambdas/core/src/errors.ts';

/** A model or inference profile, where it is called. */
export interface CalledModel {
  readonly modelId: string;
  readonly region: string;
}

/** An error as `Name: message`, or `CODE: message` of the system's, and what to do about it. */
type Cause = readonly [said: RegExp, explain: (model: CalledModel, message: string) => string];

/**
 * A call that was not even signed, what Bedrock refuses each call with, and what it refuses until a model is set up. First match wins:
 * the words of a refusal tell more than its name does.
 * Sources: Amazon Bedrock User Guide, "Request access to models" and "Troubleshooting Amazon Bedrock API Error Codes"; re:Post,
 * "Resolve AWS Marketplace permission errors"; the names of the SDK's credential providers.
 */
const CAUSES: readonly Cause[] = [
  [
    /^(CredentialsProviderError|TokenProviderError):/,
    () => 'There are no AWS credentials. Set AWS_PROFILE, or sign in as you do for the AWS CLI, and try again.',
  ],
  [
    /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|ExpiredToken(Exception)?|IncompleteSignature):/,
    (_model, message) => `AWS does not take the credentials: ${message}. Renew them, or choose another AWS_PROFILE.`,
  ],
  [
    /^FTUFormNotFilled:|use case details|use-case form/i,
    ({ modelId, region }, message) =>
      `The provider of ${modelId} wants to know first what it is used for: ${message} In the Bedrock console of ${region}, open the ` +
      'model in the model catalog and send the use case form, or call PutUseCaseForModelAccess: once for the account, or in the ' +
      "management account for all of the organization's. It counts after up to 15 minutes.",
  ],
  [
    /aws-marketplace|INVALID_PAYMENT_INSTRUMENT|AWS Marketplace/i,
    ({ modelId }, message) =>
      `${modelId} is not enabled in this account: ${message} Its first call enables it, and has to be made by somebody who may ` +
      'aws-marketplace:Subscribe, Unsubscribe and ViewSubscriptions, in an account with a valid payment method. Let them run ' +
      'make check-model; after up to 15 minutes everybody may call it.',
  ],
  [
    /service control policy|explicit deny/i,
    ({ modelId, region }, message) =>
      `A policy denies ${modelId} in ${region}: ${message} A profile may run its model in any of its regions (modelRegions), so a ` +
      'service control policy must allow bedrock:InvokeModel in each.',
  ],
  [
    /^AccessDeniedException:/,
    ({ modelId, region }, message) =>
      `No access to ${modelId} in ${region}: ${message} Allow bedrock:InvokeModel for it, and for the models behind a profile in each ` +
      "of its regions. In an account that never used the model, its provider's use case form, or a first call by somebody with " +
      'rights on AWS Marketplace, may be missing.',
  ],
  [
    /end of its life|marked by provider as Legacy/i,
    ({ modelId, region }, message) =>
      `${modelId} cannot be used in ${region} any more: ${message} Change the model: modelId and previousModelIds of the settings.`,
  ],
  [
    /^ResourceNotFoundException:/,
    ({ modelId, region }, message) => `${modelId} cannot be used in ${region}: ${message} Is the id of this region?`,
  ],
  [
    /^ValidationException:/,
    ({ modelId, region }, message) =>
      `${modelId} in ${region} refuses the request: ${message} Many models are only called by an inference profile, and not all take tools.`,
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED):/,
    ({ region }, message) => `Bedrock in ${region} cannot be reached: ${message}`,
  ],
  [/^ServiceQuotaExceededException:|too many tokens per day/i, (_model, message) => `A quota is used up: ${message}`],
];

/**
 * What to do about an error that each further call would meet, too.
 * @returns undefined for one that may pass, or that is about one action alone
 */
export function explain(thrown: unknown, model: CalledModel): string | undefined {
  for (let error: unknown = thrown; error !== undefined; error = Object(error).cause) {
    const { name, message } = describeError(error);
    const code: unknown = Object(error).code;
    const said = [`${name}: ${message}`, ...(typeof code === 'string' ? [`${code}: ${message}`] : [])];
    const found = CAUSES.find(([pattern]) => said.some((each) => pattern.test(each)));
    if (found !== undefined) return found[1](model, message);
  }
  return undefined;
}
