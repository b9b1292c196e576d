/** Lambda's credentials are environment variables; the default chain also knows SSO, profiles, web identity and processes. */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
