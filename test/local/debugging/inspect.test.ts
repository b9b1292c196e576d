import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startStack } from '../../../local/stack.ts';
import { ROOT } from '../../documents.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { failureOf } from '../../support/failure.ts';
import { signIn, titles, useStack } from '../../support/stack/stack.ts';
import { Debugger } from './debugger.ts';

const LAMBDA = 'generate-tasks';
const SOURCE = join(ROOT, 'lambdas', LAMBDA, 'src', 'generate-tasks.ts');
/** Where the AI is asked. */
const LINE = readFileSync(SOURCE, 'utf8')
  .split('\n')
  .findIndex((text) => text.includes('await ask(subject'));
/** Scaled, an execution has 1.8 s, a batch 0.6 s, and an AI call 0.24 s. */
const TIME_SCALE = 0.002;
const LONGER_THAN_ALL_MS = 2_500;

describe('make start INSPECT=generate-tasks', function () {
  this.timeout(300_000);
  const folder = useDataDir();
  const stack = useStack({ TIME_SCALE: String(TIME_SCALE), INSPECT: LAMBDA, INSPECT_PORT: '0' });

  it('lets a debugger stop at a line of TypeScript, an action at a time, for longer than any limit, and go on', async () => {
    const { url = '' } = stack().inspected ?? {};
    expect(url).to.match(/^ws:\/\/127\.0\.0\.1:\d+\//);
    const attached = await Debugger.attach(url);
    try {
      await attached.breakAt(LAMBDA, SOURCE, LINE);
      const user = await signIn(stack().url, 'me');
      const { goalId } = await user.createGoal(titles(2));
      let stop = attached.stop();
      const { body } = await user.start(goalId);
      for (const action of [1, 2]) {
        expect(attached.placeOf(LAMBDA, await stop)).to.deep.equal({ source: SOURCE, line: LINE });
        if (action === 1) await sleep(LONGER_THAN_ALL_MS);
        stop = attached.stop();
        await attached.call('Debugger.resume');
      }
      const { status } = await user.waitForEnd(body.executionArn);
      const { events } = await user.historyOf(body.executionArn);
      expect(events.filter(({ kind, error }) => kind === 'failure' || error !== null)).to.deep.equal([]);
      expect(status).to.equal('SUCCEEDED');
      expect(stack().bedrock.concurrency.peak).to.equal(1);
    } finally {
      attached.close();
    }
  });

  it('names the Lambdas that there are, and a port that is in use', async () => {
    const { port } = new URL(stack().inspected?.url ?? '');
    const start = (settings: object) =>
      startStack({ environment: { DATA_DIR: folder(), ...settings }, port: 0, quiet: true, inMemory: true });
    const unknown = await failureOf(start({ INSPECT: 'generate' }));
    expect(unknown.message).to.contain('INSPECT is generate').and.contain('generate-tasks, get-actions');
    const taken = await failureOf(start({ INSPECT: LAMBDA, INSPECT_PORT: port }));
    expect(taken.message).to.contain(`INSPECT_PORT ${port} is in use`);
  });
});
