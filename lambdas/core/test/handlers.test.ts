import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FUNCTIONS, type LambdaName } from '../../../modules/function-table.ts';
import { ROUTES } from '../../../modules/routes.ts';
import { callHandler } from './call-handler.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const isLambda = (name: string): name is LambdaName => name in FUNCTIONS;
const overHttp = (lambda: LambdaName) => ROUTES.some((route) => route.lambda === lambda);
const withHandler = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'src', 'handler.ts')));

describe('every handler, with the variables it is deployed with', () => {
  it('belongs to a function of the infrastructure, and each function has one', () => {
    expect(withHandler).to.have.members(Object.keys(FUNCTIONS));
  });

  for (const lambda of withHandler.filter(isLambda)) {
    if (overHttp(lambda)) {
      it(`of ${lambda} answers an event that is none with problem details, and logs the failure`, async () => {
        const { answer, lines } = await callHandler(lambda, 'no event');
        expect(answer).to.deep.nested.include({
          statusCode: 500,
          'headers.content-type': 'application/problem+json',
        });
        const { body }: { body?: unknown } = Object(answer);
        expect(JSON.parse(String(body))).to.include({ code: 'internal_error', status: 500 });
        expect(lines.at(-1)).to.include({ level: 'error', function: lambda, errorName: 'ValidationError' });
        expect(lines.at(-1)?.stack).to.be.a('string');
      });
    } else {
      it(`of ${lambda} refuses an input that is none as ValidationError, and logs the failure`, async () => {
        const { error, lines } = await callHandler(lambda, 'no event');
        expect(error?.name).to.equal('ValidationError');
        expect(lines.map(({ message }) => message)).to.deep.equal(['step started', 'step failed']);
        expect(lines.at(-1)).to.include({ level: 'error', function: lambda, awsRequestId: 'request-1' });
        expect(lines.at(-1)?.stack).to.be.a('string');
      });
    }
  }

  it('fails at its start naming a variable that is missing', async () => {
    const failure = await callHandler('archive-executions', {}, { ARCHIVE_BUCKET: '' }).catch((error: Error) => error);
    expect(failure).to.be.instanceOf(Error).with.property('message').that.contains('ARCHIVE_BUCKET');
  });
});
