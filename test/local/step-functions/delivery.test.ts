import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { StatusEvent } from '../../../local/aws/step-functions/index.ts';
import { until } from '../../support/until.ts';
import { machine, useStepFunctions } from './test-support.ts';

/** What a restart keeps of executions, and how it ends those that ran, is shown by test/properties/history.test.ts. */
describe('status events', () => {
  const { open, start } = useStepFunctions();
  let dataDir = '';
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'step-functions-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('that were not delivered are delivered after a restart, in their order, and that once', async () => {
    const options = { definition: machine({ Done: { Type: 'Succeed' } }), dataDir };
    const { stack } = await start({ ...options, onStatusChange: () => Promise.reject(new Error('down')) });
    await until(() => stack.stepFunctions.executions.running().length === 0);
    const restarted = await open(options);
    await restarted.stepFunctions.executions.recover();
    expect(restarted.events.map(({ detail }) => detail.status)).to.deep.equal(['RUNNING', 'SUCCEEDED']);
    const again = await open(options);
    await again.stepFunctions.executions.recover();
    expect(again.events).to.deep.equal([]);
  });

  it('are tried again, the same, until they are taken', async () => {
    const tries: StatusEvent[] = [];
    const { stack, executionArn } = await start({
      definition: machine({ Stop: { Type: 'Fail', Error: 'E', Cause: 'C' } }),
      timeScale: 0.005,
      onStatusChange: (event) => {
        if (event.detail.status === 'RUNNING') return;
        tries.push(event);
        if (tries.length < 3) throw new Error('not now');
      },
    });
    await stack.end(executionArn);
    expect(stack.events.map(({ detail }) => detail.status)).to.deep.equal(['RUNNING', 'FAILED']);
    expect(stack.events[1]?.detail).to.include({ error: 'E', cause: 'C', redriveStatus: 'REDRIVABLE' });
    expect(new Set(tries.map(({ id }) => id)).size).to.equal(1);
  });
});
