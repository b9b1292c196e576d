import { SynthError } from './synth-error.ts';

/** Addresses of an emulator's stage. */
export interface EmulatorConfig {
  /** AWS_ENDPOINT_URL, for every service. */
  readonly endpoint: string;
  /** AWS_ENDPOINT_URL_BEDROCK_RUNTIME: emulators have no models, so a mock of them answers instead. */
  readonly bedrockEndpoint: string;
}

/** Where `make emulator` and `local/compose.yaml` have both, unless they are told otherwise. 4566 is the port of MiniStack and LocalStack. */
export const EMULATOR_DEFAULTS: EmulatorConfig = {
  endpoint: 'http://localhost:4566',
  bedrockEndpoint: 'http://127.0.0.1:4700',
};

/** @throws SynthError naming a variable that is no URL, or whose host has to be a name and is none */
export function readEmulator(environment: NodeJS.ProcessEnv): EmulatorConfig {
  const read = (name: string, otherwise: string) => {
    const value = environment[name] || otherwise;
    // No `$` or brace, which Terraform would take for an expression.
    if (!/^https?:\/\/[\w.-]+(:\d+)?\/?$/.test(value) || !URL.canParse(value)) {
      throw new SynthError(`${name} must be an http or https URL of a host, but is ${JSON.stringify(value)}`);
    }
    return value.replace(/\/$/, '');
  };
  const endpoint = read('AWS_ENDPOINT_URL', EMULATOR_DEFAULTS.endpoint);
  // S3 Control is called at `<account>.<host>` (its SDK's endpoint rules), and an address has no such host. `new URL` knows every
  // way to write one.
  if (/^[\d.]+$/.test(new URL(endpoint).hostname)) {
    throw new SynthError(
      `AWS_ENDPOINT_URL must name its host, as http://localhost:4566 does, but is ${JSON.stringify(endpoint)}: ` +
        'Terraform puts the account before the host (docs/operations.md, "Against an emulator")',
    );
  }
  return {
    endpoint,
    bedrockEndpoint: read('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', EMULATOR_DEFAULTS.bedrockEndpoint),
  };
}

/** The variables by which the SDKs, and so Terraform, are sent to another place than AWS; the last four by Terraform's S3 backend alone. */
const ENDPOINT = /^AWS_(ENDPOINT_URL(_\w+)?|(DYNAMODB|IAM|S3|STS)_ENDPOINT)$/;

/**
 * With the address of an emulator in the environment, a real stage would be compared with the emulator, and made there.
 * @throws SynthError naming the variables
 */
export function refuseEmulator(stage: string, environment: NodeJS.ProcessEnv): void {
  const set = Object.keys(environment).filter((name) => ENDPOINT.test(name) && environment[name]);
  if (set.length === 0) return;
  throw new SynthError(
    `${stage} is a stage of AWS, but ${set.map((name) => `${name}=${environment[name]}`).join(' and ')} would send its calls ` +
      `elsewhere. Run unset ${set.join(' ')} first, or choose the stage of the emulator.`,
  );
}
