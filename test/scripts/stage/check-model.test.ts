import { expect } from 'chai';
import { createBedrock, type ScriptedAnswer } from '../../../local/aws/bedrock/bedrock.ts';
import { AwsError, type AwsService, jsonAnswer } from '../../../local/aws/endpoint.ts';
import { loadConfig } from '../../../modules/config.ts';
import { checkModel } from '../../../scripts/stage/check-model.ts';
import { clientConfig, useEndpoints } from '../../support/stack/endpoints.ts';

const { modelId } = loadConfig('dev').settings;
const AVAILABILITY = '/foundation-model-availability/';

describe('make check-model', () => {
  const endpoints = useEndpoints();

  interface Situation {
    readonly environment?: NodeJS.ProcessEnv;
    readonly args?: readonly string[];
    readonly client?: object;
    /** What the model is asked for by its first calls; an answer after that. */
    readonly script?: (call: number) => ScriptedAnswer | undefined;
    /** `agreementAvailability`; undefined for one who may not ask. */
    readonly agreement?: object;
  }

  /** Asks about the model of dev, on the local mock of Bedrock. */
  async function check({ environment = {}, args = [], client = {}, script, agreement }: Situation = {}) {
    const { service } = createBedrock({ settings: { latencyMs: '0' }, script: (_action, call) => script?.(call) });
    const asked: string[] = [];
    const bedrock: AwsService = {
      answer(call) {
        asked.push(decodeURIComponent(call.path));
        if (!call.path.startsWith(AVAILABILITY)) return service.answer(call);
        if (agreement === undefined) throw new AwsError(403, 'AccessDeniedException', 'not allowed to ask');
        return jsonAnswer({ modelId: 'm', agreementAvailability: agreement, authorizationStatus: 'AUTHORIZED' });
      },
      refuse: service.refuse,
    };
    const url = await endpoints.start({ bedrock });
    const isEmulated = environment.STAGE === 'emulator';
    const [stdout, stderr]: [string[], string[]] = [[], []];
    const code = await checkModel(
      { STAGE: 'dev', ...environment, ...(isEmulated ? { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url } : {}) },
      args,
      { write: (text) => stdout.push(text) },
      { write: (text) => stderr.push(text) },
      { client: isEmulated ? {} : { ...clientConfig(url), ...client }, waitMs: 1 },
    );
    return { code, stdout: stdout.join(''), stderr: stderr.join(''), asked };
  }
  const refusing = (status: number, type: string, message: string) => ({
    script: () => ({ error: { status, type, message } }),
  });

  it('calls the model of the settings once, as the function does, and ends with 0', async () => {
    const { code, stdout, asked } = await check({ agreement: { status: 'AVAILABLE' } });
    expect(stdout).to.match(new RegExp(`^✔ ${modelId} answers in ap-northeast-1: \\d+ ms, \\d+ \\+ \\d+ tokens\\n$`));
    expect(asked).to.deep.equal([`/model/${modelId}/converse`, `${AVAILABILITY}${modelId.replace('jp.', '')}`]);
    expect(code).to.equal(0);
  });

  it('tells of an answer that proves nothing yet, since the agreement is still being made', async () => {
    const { code, stdout } = await check({ agreement: { status: 'PENDING' } });
    expect(stdout).to.contain('; but its agreement on AWS Marketplace is PENDING, so it may be refused soon');
    expect([code, (await check()).code]).to.deep.equal([0, 0]);
  });

  it("calls the mock of an emulator's stage", async () => {
    const { code, asked } = await check({ environment: { STAGE: 'emulator' } });
    expect([code, asked[0]]).to.deep.equal([0, `/model/${modelId}/converse`]);
  });

  it('tries again while it is throttled', async () => {
    const { code, asked } = await check({ script: (call) => (call <= 2 ? { fault: 'throttle' } : undefined) });
    expect(asked.filter((path) => path.endsWith('/converse'))).to.have.length(3);
    expect(code).to.equal(0);
  });

  for (const [what, situation, said, calls = 1] of [
    [
      'the use case form was not sent',
      refusing(404, 'ResourceNotFoundException', 'Model use case details have not been submitted for this account.'),
      /wants to know first what it is used for: .* in the model catalog and send the use case form, or call PutUseCaseForModelAccess/,
    ],
    [
      'the use case form was not sent, by its own error',
      refusing(404, 'FTUFormNotFilled', 'no form'),
      /send the use case form/,
    ],
    [
      'nobody with rights on AWS Marketplace has called the model',
      refusing(
        403,
        'AccessDeniedException',
        'Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe).',
      ),
      /is not enabled in this account: .* may aws-marketplace:Subscribe, Unsubscribe and ViewSubscriptions, .* valid payment method/,
    ],
    [
      'a service control policy denies a region of the profile',
      refusing(
        403,
        'AccessDeniedException',
        'User is not authorized to perform: bedrock:InvokeModel with an explicit deny in a service control policy',
      ),
      /A policy denies jp\..* must allow bedrock:InvokeModel in each\./,
    ],
    [
      'access is denied',
      { script: () => ({ fault: 'denied' as const }) },
      /No access to jp\..*: You don't have access .* Allow bedrock:InvokeModel for it, .*use case form, .*AWS Marketplace, may be missing/,
    ],
    [
      'there is no such model',
      refusing(400, 'ValidationException', 'The provided model identifier is invalid.'),
      /refuses the request: The provided model identifier is invalid\..* only called by an inference profile/,
    ],
    [
      'the region does not have the model',
      refusing(404, 'ResourceNotFoundException', 'Could not resolve the foundation model.'),
      /cannot be used in ap-northeast-1: Could not .* Is the id of this region\?/,
    ],
    [
      'the model has ended',
      refusing(404, 'ResourceNotFoundException', 'This model version has reached the end of its life.'),
      /any more: .* Change the model: modelId and previousModelIds/,
    ],
    [
      'credentials have expired',
      refusing(403, 'ExpiredTokenException', 'The security token has expired'),
      /AWS does not take the credentials: The security token .* Renew them/,
    ],
    [
      'there are no credentials',
      {
        client: {
          credentials: () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' })),
        },
      },
      /There are no AWS credentials/,
      0,
    ],
    [
      'nobody is there',
      { client: { endpoint: 'http://127.0.0.1:1' } },
      /Bedrock in ap-northeast-1 cannot be reached/,
      0,
    ],
    [
      'every call is throttled',
      { script: () => ({ fault: 'throttle' as const }) },
      /did not answer in ap-northeast-1, 4 times: ThrottlingException: .* quota of the model may be 0/,
      4,
    ],
    [
      'the service fails',
      { script: () => ({ fault: 'error' as const }) },
      /did not answer in ap-northeast-1, 4 times: InternalServerException/,
      4,
    ],
    [
      'the model calls no tool',
      {
        script: () => ({
          body: '{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{}}',
        }),
      },
      /may be called in ap-northeast-1, but does not do what it is asked: The AI did not call the tool \(stop reason end_turn\)/,
    ],
  ] as const) {
    it(`says what to do, after ${calls} calls, where ${what}`, async () => {
      const { code, stdout, asked } = await check(situation);
      expect(stdout)
        .to.match(said)
        .and.to.match(/^✘ .*\nSee Model access in docs\/operations\.md\.\n$/);
      expect([code, asked.length]).to.deep.equal([1, calls]);
    });
  }

  for (const [situation, message, code = 2] of [
    [{ environment: { STAGE: 'nowhere' } }, 'STAGE is "nowhere", but must be one of'],
    [{ environment: { AWS_ENDPOINT_URL: 'http://localhost:4566' } }, 'dev is a stage of AWS'],
    [{ args: ['--all'] }, '--all is no option'],
    [{ args: ['--help'] }, '', 0],
  ] as const) {
    it(`ends with ${code}, without a call, for ${JSON.stringify(situation)}`, async () => {
      const result = await check(situation);
      expect(result.stderr).to.contain(message);
      expect(result.stdout).to.match(code === 0 ? /^make check-model / : /^$/);
      expect([result.code, result.asked]).to.deep.equal([code, []]);
    });
  }
});
