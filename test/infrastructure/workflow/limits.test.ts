import { globSync } from 'node:fs';
import { expect } from 'chai';
import { CLIENT_LIMITS } from '../../../lambdas/core/src/aws/clients.ts';
import { FUNCTIONS } from '../../../modules/workflow/function-table.ts';
import { ROOT, read } from '../../documents.ts';

const sources = globSync('lambdas/*/src/**/*.ts', { cwd: ROOT })
  .filter((file) => !file.includes('.generated.'))
  .map((file) => ({ file, source: read(file) }));

/** The longest waits of the SDK before a second and a third attempt, after a throttle, and those for writes that collide. */
const RETRY_WAITS_MS = 1_000 + 2_000;
const COLLISION_WAITS_MS = 1.5 * (20 + 40 + 80 + 160 + 320);
/** What a function keeps to log and to answer (core/src/deadline.ts). */
const KEPT_MS = 1_000;

describe('the limits of calls to AWS', () => {
  it('hold for every client of every Lambda: createClient makes them all', () => {
    const making = sources.filter(({ source }) => source.includes('createClient('));
    expect(making.map(({ file }) => file)).to.include.members([
      'lambdas/core/src/report/alert.ts',
      'lambdas/generate-tasks/src/bedrock.ts',
    ]);
    for (const { file, source } of sources) expect(source, file).not.to.match(/new \w*Client\(/);
  });

  it('leave every Lambda time for a call with all its attempts and waits, before the deadline that ends the sum of all', () => {
    const { requestMs, connectMs, attempts } = CLIENT_LIMITS;
    const callMs = attempts * requestMs + RETRY_WAITS_MS + COLLISION_WAITS_MS;
    for (const [lambda, { timeoutSeconds }] of Object.entries(FUNCTIONS))
      expect(callMs, lambda).to.be.at.most(timeoutSeconds * 1_000 - KEPT_MS);
    expect(connectMs).to.be.below(requestMs);
  });
});
