import { randomBytes, randomUUID } from 'node:crypto';
import type { CognitoIdentityProviderClientConfig } from '@aws-sdk/client-cognito-identity-provider';
import { isRecord } from '@goal-activity/client/json.ts';
import { sayAwsError } from '../stage/aws.ts';
import type { Outputs } from '../terraform/outputs.ts';
import { ToolError } from '../terraform/tool.ts';
import type { Options } from './options.ts';

/** Tokens for the time of a test. */
export interface SignedIn {
  readonly token: string;
  /** Of somebody else, where one could be had. */
  readonly otherToken: string | undefined;
  /** How they were had, in words. */
  readonly how: string;
  /** Takes back what was made for them. @returns a sentence for each thing that is still there */
  forget(): Promise<string[]>;
}

const nothing = async () => [];

/** The token that the person gave. */
export const given = (token: string, otherToken: string | undefined): SignedIn => ({
  token,
  otherToken,
  how: 'the token that was given',
  forget: nothing,
});

/**
 * Tokens for a stage: the given one, those of two temporary persons of its user pool, or that of a client of its other issuer.
 * @throws ToolError saying what to do
 */
export async function signInTo(
  stage: string,
  outputs: Outputs,
  options: Options,
  config: CognitoIdentityProviderClientConfig,
): Promise<SignedIn> {
  const { token, otherToken } = options;
  if (token !== undefined) return given(token, otherToken);
  const pool = outputs.find('userPoolId');
  if (pool !== undefined) return signInToPool(pool, outputs.get('userPoolClientId'), config);
  const { clientId, clientSecret } = options;
  if (clientId === undefined || clientSecret === undefined)
    throw new ToolError(
      `${stage} takes tokens of ${outputs.get('tokenIssuer')}: give one as TOKEN, or a client's SMOKE_CLIENT_ID and SMOKE_CLIENT_SECRET`,
    );
  const issued = await clientCredentials(outputs, clientId, clientSecret);
  return { token: issued, otherToken, how: `the client ${clientId} of ${outputs.get('tokenIssuer')}`, forget: nothing };
}

/**
 * Two persons who exist for the time of the test. Nobody is told of them, their names can get no mail, and their passwords are known to
 * this process alone. Each is noted before it is made, so that it is deleted whatever comes after.
 */
async function signInToPool(
  UserPoolId: string,
  ClientId: string,
  config: CognitoIdentityProviderClientConfig,
): Promise<SignedIn> {
  const cognito = await import('@aws-sdk/client-cognito-identity-provider');
  const client = new cognito.CognitoIdentityProviderClient(config);
  const people: string[] = [];
  async function tokenOf(person: string): Promise<string> {
    const Username = `smoke-${person}-${randomUUID()}@smoke.invalid`;
    people.push(Username);
    // Every kind of character, for a pool whose rules somebody has made stricter.
    const Password = `aA1!${randomBytes(24).toString('base64url')}`;
    const UserAttributes = [{ Name: 'email', Value: Username }];
    await client.send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        UserAttributes,
        // Cognito makes one up otherwise, and so does MiniStack, but not by the pool's rules.
        TemporaryPassword: Password,
        MessageAction: 'SUPPRESS',
      }),
    );
    await client.send(new cognito.AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }));
    const answer = await client.send(
      new cognito.AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: Username, PASSWORD: Password },
      }),
    );
    const token = answer.AuthenticationResult?.AccessToken;
    if (token !== undefined) return token;
    throw new ToolError(
      `The user pool asks for ${answer.ChallengeName ?? 'something'} before it gives a token: give a TOKEN`,
    );
  }
  async function forget(): Promise<string[]> {
    const left: string[] = [];
    for (const Username of people) {
      try {
        await client.send(new cognito.AdminDeleteUserCommand({ UserPoolId, Username }));
      } catch (thrown) {
        if (!(thrown instanceof cognito.UserNotFoundException))
          left.push(sayAwsError(`The person ${Username} of the user pool ${UserPoolId} could not be removed`, thrown));
      }
    }
    client.destroy();
    return left;
  }
  try {
    const how = `two temporary persons of the user pool ${UserPoolId}`;
    return { token: await tokenOf('one'), otherToken: await tokenOf('other'), how, forget };
  } catch (thrown) {
    const left = await forget();
    const said =
      thrown instanceof ToolError
        ? thrown.message
        : sayAwsError(`Nobody could sign in to the user pool ${UserPoolId}`, thrown);
    throw new ToolError([said, ...left].join('\n'), { cause: thrown });
  }
}

/** OAuth 2.0 client credentials (RFC 6749, 4.4), at the token endpoint of the issuer's own description (OpenID Connect Discovery). */
async function clientCredentials(outputs: Outputs, id: string, secret: string): Promise<string> {
  const issuer = outputs.get('tokenIssuer');
  const description = await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {});
  const endpoint = description.token_endpoint;
  if (typeof endpoint !== 'string')
    throw new ToolError(`${issuer} names no token_endpoint in its openid-configuration`);
  const [audience = ''] = outputs.get('tokenAudience').split(' ');
  // The standard knows no audience; those issuers that serve several APIs ask for it, and the others pass it over.
  const body = new URLSearchParams({ grant_type: 'client_credentials', audience });
  const credentials = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  const { access_token: token } = await read(endpoint, {
    method: 'POST',
    body,
    headers: { authorization: `Basic ${credentials}` },
  });
  if (typeof token !== 'string') throw new ToolError(`${endpoint} answered without an access_token`);
  return token;
}

async function read(url: string, request: RequestInit): Promise<Record<string, unknown>> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { ...request, signal: AbortSignal.timeout(30_000) });
    text = await answer.text();
  } catch (cause) {
    throw new ToolError(`${url} was not answered: ${cause instanceof Error ? String(cause.cause ?? cause) : ''}`, {
      cause,
    });
  }
  if (!answer.ok) throw new ToolError(`${url} answered ${answer.status}: ${text.slice(0, 300)}`);
  try {
    const content: unknown = JSON.parse(text);
    if (isRecord(content)) return content;
  } catch {
    // Said below.
  }
  throw new ToolError(`${url} answered no JSON object`);
}
