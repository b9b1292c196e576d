import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROUTES } from '../../../modules/api/routes.ts';
import { FUNCTIONS, type LambdaName } from '../../../modules/workflow/function-table.ts';
import { callHandler, callHandlerInTurn, httpAnswer, httpEvent, scriptOf } from './support/call-handler.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const isLambda = (name: string): name is LambdaName => name in FUNCTIONS;
const overHttp = (lambda: LambdaName) => ROUTES.some((route) => route.lambda === lambda);
const withHandler = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'src', 'handler.ts')));

describe('every handler, with the variables it is deployed with', () => {
  it('belongs to a function of the infrastructure, and each function has one', () => {
    expect(withHandler).to.have.members(Object.keys(FUNCTIONS));
  });

  for (const lambda of withHandler.filter(isLambda)) {
    const isHttp = overHttp(lambda);
    it(`of ${lambda} ${isHttp ? 'answers with problem details' : 'throws a ValidationError for'} an event that is none, and logs the failure`, async () => {
      const { error, lines, ...outcome } = await callHandler(lambda, 'no event');
      const failure = { level: 'error', function: lambda, awsRequestId: 'request-1', errorName: 'ValidationError' };
      expect(lines.at(-1)).to.include(failure);
      expect(lines.at(-1)?.stack).to.be.a('string');
      if (isHttp)
        expect(httpAnswer(outcome)).to.deep.nested.include({
          status: 500,
          'headers.content-type': 'application/problem+json',
          'body.status': 500,
          'body.code': 'internal_error',
        });
      else expect(error?.name).to.equal('ValidationError');
    });

    if (!isHttp) continue;
    it(`of ${lambda} is behind the API, and has clients of DynamoDB and Step Functions alone`, async () => {
      const clients = new Set((await scriptOf(lambda)).match(/@aws-sdk\/client-[\w-]+/g));
      expect(clients).to.include('@aws-sdk/client-dynamodb');
      expect([...clients].filter((each) => !/-(dynamodb|sfn)$/.test(each))).to.deep.equal([]);
    });
  }
});

describe('a path whose execution is none of this state machine', () => {
  const paths = ROUTES.filter(({ path }) => path.includes('{executionArn}'));
  const states = 'arn:aws:states:ap-northeast-1:123456789012';
  const none = [
    'user#u',
    'slots#u',
    '\ud800',
    'null\0',
    `${states}:execution:other:g-1`,
    `${states}:execution:m:\udfff`,
  ];

  for (const { method, path, lambda } of paths) {
    it(`is 404 in ${method} ${path}, without a call of the database`, async () => {
      const route = `${method} ${path}`;
      const events = none.map((executionArn) => httpEvent(route, 'u', { pathParameters: { executionArn } }));
      // No service answers: a call of one would be a 503.
      const { outcomes, lines } = await callHandlerInTurn(lambda, events);
      for (const outcome of outcomes)
        expect(httpAnswer(outcome)).to.nested.include({ status: 404, 'body.code': 'execution_not_found' });
      expect(lines.map(({ level }) => level)).to.deep.equal(none.map(() => 'info'));
    });
  }

  it('is so in the four calls that have an execution in their path', () => {
    const lambdas = ['get-status', 'get-history', 'cancel-workflow', 'retry-workflow'];
    expect(paths.map(({ lambda }) => lambda)).to.have.members(lambdas);
  });
});
