import { randomUUID } from 'node:crypto';
import { AwsError, type AwsService, jsonAnswer, jsonError } from '../../../local/aws/endpoint.ts';

type Input = Readonly<Record<string, unknown>>;
type Operations = Readonly<Record<string, (input: Input) => object | Promise<object>>>;

/** A service that speaks AWS JSON and knows these operations. */
const jsonService = (operations: Operations): AwsService => ({
  async answer({ request, body }) {
    const operation = operations[String(request.headers['x-amz-target']).replace(/^.*\./, '')];
    if (operation === undefined) throw new AwsError(400, 'UnknownOperationException', 'no such operation');
    return jsonAnswer(await operation(JSON.parse(body.toString() || '{}')));
  },
  refuse: jsonError,
});

/**
 * A user pool with one client, as far as administrators sign people in.
 * @param tokenOf gives the access token of a subject
 */
export function createUserPool(poolId: string, clientId: string, tokenOf: (sub: string) => Promise<string>) {
  const people = new Map<string, { readonly sub: string; password?: string }>();
  let made = 0;
  function find({ UserPoolId, Username }: Input) {
    if (UserPoolId !== poolId)
      throw new AwsError(400, 'ResourceNotFoundException', `User pool ${UserPoolId} does not exist.`);
    const person = people.get(String(Username));
    if (person === undefined) throw new AwsError(400, 'UserNotFoundException', 'User does not exist.');
    return person;
  }
  const service = jsonService({
    AdminCreateUser({ Username, MessageAction, UserAttributes }) {
      if (MessageAction !== 'SUPPRESS')
        throw new AwsError(400, 'CodeDeliveryFailureException', 'A mail would be sent.');
      const sub = randomUUID();
      people.set(String(Username), { sub });
      made += 1;
      return {
        User: { Username: sub, Attributes: UserAttributes, Enabled: true, UserStatus: 'FORCE_CHANGE_PASSWORD' },
      };
    },
    AdminSetUserPassword(input) {
      const person = find(input);
      if (String(input.Password).length < 14)
        throw new AwsError(400, 'InvalidPasswordException', 'Password not long enough');
      if (input.Permanent === true) person.password = String(input.Password);
      return {};
    },
    async AdminInitiateAuth(input) {
      const { USERNAME, PASSWORD }: Input = Object(input.AuthParameters);
      const { sub, password } = find({ ...input, Username: USERNAME });
      if (input.ClientId !== clientId || input.AuthFlow !== 'ADMIN_USER_PASSWORD_AUTH' || PASSWORD !== password)
        throw new AwsError(400, 'NotAuthorizedException', 'Incorrect username or password.');
      return {
        AuthenticationResult: { AccessToken: await tokenOf(sub), ExpiresIn: 3600, TokenType: 'Bearer' },
        ChallengeParameters: {},
      };
    },
    AdminDeleteUser(input) {
      find(input);
      people.delete(String(input.Username));
      return {};
    },
  });
  return {
    service,
    people,
    /** How many were ever made. */
    made: () => made,
  };
}

/** Alarms that tell a topic at once, as far as they are set by hand. @param failure why the topic takes nothing */
export function createAlarms(topicArn: string, names: readonly string[], failure?: string) {
  /** Every state that was set, `<alarm> <state>`. */
  const set: string[] = [];
  const history: { AlarmName: string; Timestamp: number; HistorySummary: string }[] = [];
  const service = jsonService({
    DescribeAlarms: ({ AlarmNamePrefix, NextToken }) => {
      const MetricAlarms = names
        .filter((name) => name.startsWith(String(AlarmNamePrefix)))
        .map((AlarmName) => ({
          AlarmName,
          StateValue: 'OK',
          AlarmActions: [topicArn],
          // Japanese, beside the local stack's English.
          AlarmDescription: `優先度${AlarmName.includes('ai-latency') ? 'LOW' : 'HIGH'}：…`,
        }));
      // One a page.
      const at = Number(NextToken ?? 0);
      return {
        MetricAlarms: MetricAlarms.slice(at, at + 1),
        ...(at + 1 < MetricAlarms.length ? { NextToken: String(at + 1) } : {}),
      };
    },
    SetAlarmState({ AlarmName, StateValue }) {
      set.push(`${AlarmName} ${StateValue}`);
      const HistorySummary =
        failure === undefined
          ? `Successfully executed action ${topicArn}`
          : `Failed to execute action ${topicArn}. Received error: "${failure}"`;
      if (StateValue === 'ALARM')
        history.unshift({ AlarmName: String(AlarmName), Timestamp: Date.now() / 1000, HistorySummary });
      return {};
    },
    DescribeAlarmHistory: ({ AlarmName }) => ({
      AlarmHistoryItems: history.filter((item) => item.AlarmName === AlarmName).slice(0, 1),
    }),
  });
  return { service, set };
}

/** A topic with mail addresses, of which some have not confirmed that they want any, over SNS's Query protocol. */
export function createTopic(confirmed: readonly string[], pending: readonly string[]): AwsService {
  const member = (arn: string) => (address: string) =>
    `<member><Protocol>email</Protocol><Endpoint>${address}</Endpoint><SubscriptionArn>${arn}</SubscriptionArn></member>`;
  const members = [...confirmed.map(member('arn:aws:sns:r:1:t:1')), ...pending.map(member('PendingConfirmation'))].join(
    '',
  );
  const xml = `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult><Subscriptions>${members}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`;
  return { answer: () => ({ headers: { 'content-type': 'text/xml' }, body: xml }), refuse: jsonError };
}
