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
