import { SettingError } from '../../local/settings.ts';

export const USAGE = `make smoke STAGE=<stage>                 tries a deployed stage
make smoke URL=<address> TOKEN=<token>   tries an API, as the person of the token
make smoke URL=http://127.0.0.1:3000     tries the local stack (make start)

Makes goals, has their tasks made by the AI, cancels one run in the middle, reads everything there is to read, sets one
alarm by hand, and deletes what it has made. Says what it saw, and how long a run took beside the time that no run can beat.
The three runs of 1, 9 and 64 actions cost some 0.2 USD on a stage of AWS.

STAGE          whose outputs (make synth STAGE=… first), sign-in and alarms; with AWS credentials
URL            address of the API; with STAGE, in place of its output apiUrl
TOKEN          a token of the stage's issuer. Without one:
                 a stage with a user pool of its own gets two persons for the time of the test;
                 one with another issuer takes SMOKE_CLIENT_ID and SMOKE_CLIENT_SECRET (client credentials)
OTHER_TOKEN    a token of somebody else, to see that they find nothing
ACTIONS        sizes of the goals; the last one is also cancelled (1,9,64)
WAIT           seconds after which a run that has not ended is stuck (960; a run's own limit is 900)
ALARM          0: sets no alarm, so that nobody gets a mail
JSON           1: one JSON line on stdout, and everything else on stderr

Ends with 0 when all is well, 1 when something is not, 2 when it could not begin, 130 when it was stopped.`;

/** What to try, and how. */
export interface Options {
  readonly stage: string | undefined;
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly otherToken: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly sizes: readonly number[];
  readonly limitMs: number;
  readonly withAlarm: boolean;
  readonly isJson: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws SettingError naming the variable, what it is and what it must be */
export function readOptions(environment: Environment): Options {
  const { STAGE, URL: url, ACTIONS, WAIT, ALARM, JSON: json } = environment;
  if (!STAGE && !url) throw new SettingError('Say what to try: STAGE=dev, or URL=http://127.0.0.1:3000 (make start)');
  if (url && !/^https?:\/\/[^/\s]+(\/[^?#\s]*)?$/.test(url))
    throw new SettingError(
      `URL is ${url}; it must be the address of an API, like https://abc.execute-api.ap-northeast-1.amazonaws.com`,
    );
  const sizes = (ACTIONS || '1,9,64').split(',').map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 1 && size <= 64))
    throw new SettingError(`ACTIONS is ${ACTIONS}; it must be numbers from 1 to 64, like 1,9,64`);
  const wait = Number(WAIT || 960);
  if (!(wait > 0)) throw new SettingError(`WAIT is ${WAIT}; it must be a number of seconds`);
  return {
    stage: STAGE || undefined,
    url: url?.replace(/\/$/, '') || undefined,
    token: environment.TOKEN || undefined,
    otherToken: environment.OTHER_TOKEN || undefined,
    clientId: environment.SMOKE_CLIENT_ID || undefined,
    clientSecret: environment.SMOKE_CLIENT_SECRET || undefined,
    sizes,
    limitMs: wait * 1000,
    withAlarm: ALARM !== '0',
    isJson: json === '1',
  };
}
