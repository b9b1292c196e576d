import type { StageConfig } from '../../modules/config.ts';
import { refuseEmulator } from '../../modules/emulator.ts';

/**
 * What every AWS client of a stage is made with. Credentials come from the SDK's own chain, but for an emulator, which gets none
 * that are real.
 * @throws SynthError when AWS_ENDPOINT_URL would send the calls of a real stage elsewhere
 */
export function clientConfigOf(
  { stage, settings: { region }, emulator }: Pick<StageConfig, 'stage' | 'emulator'> & { settings: { region: string } },
  environment: NodeJS.ProcessEnv,
) {
  if (emulator !== undefined) {
    const { endpoint } = emulator;
    return { region, endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  }
  refuseEmulator(stage, environment);
  return { region };
}

/** The names of errors that tell of the caller's credentials, not of what is called. */
const CREDENTIALS =
  /^(CredentialsProviderError|TokenProviderError|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|ExpiredToken(Exception)?|IncompleteSignature)$/;

/** An error of an AWS call in a sentence, and what to do where that is known. */
export function sayAwsError(doing: string, thrown: unknown): string {
  const { name = 'Error', message = '' }: { name?: string; message?: string } = Object(thrown);
  const advice = CREDENTIALS.test(name) ? ' Set AWS_PROFILE, or sign in as you do for the AWS CLI.' : '';
  return `${doing}: ${name}: ${message.trim().replace(/[^.]$/, '$&.')}${advice}`;
}
