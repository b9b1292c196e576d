import { GetExecutionHistoryCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { createOutages } from '../../../local/aws/outages.ts';
import { OUTAGE_ERRORS, type StatusEvent } from '../../../local/aws/step-functions/index.ts';
import { useDataDir } from '../../support/data-dir.ts';
import { failureOf } from '../../support/failure.ts';
import { until } from '../../support/until.ts';
import { machine, STATE_MACHINE_ARN, task, useStepFunctions } from './test-support.ts';

/** What starts, stops and names of executions come to is seen by tests of the whole stack. */
describe('the Step Functions API', () => {
  const { open } = useStepFunctions();

  it('refuses to start what AWS would not', async () => {
    const { client } = await open({ definition: machine({ Done: { Type: 'Succeed' } }) });
    for (const [fields, name] of [
      [{ name: 'n'.repeat(81) }, 'InvalidName'],
      [{ name: 'a:b' }, 'InvalidName'],
      [{ name: 'a\u0085b' }, 'InvalidName'],
      [{ input: '' }, 'InvalidExecutionInput'],
      // 3 bytes each, and two quotes
      [{ input: JSON.stringify('あ'.repeat(87_381)) }, 'InvalidExecutionInput'],
      [{ stateMachineArn: `${STATE_MACHINE_ARN}s` }, 'StateMachineDoesNotExist'],
    ] as const) {
      const start = client.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, ...fields }));
      expect((await failureOf(start)).name).to.equal(name);
    }
  });

  it('gives a history page by page, without data when asked', async () => {
    const { client, start, end } = await open({
      definition: machine({ Work: { Type: 'Pass', Next: 'Done' }, Done: { Type: 'Succeed' } }),
    });
    const executionArn = await start({ secret: 1 });
    await end(executionArn);
    const page = (nextToken?: string) =>
      client.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 4, includeExecutionData: false, nextToken }),
      );
    const first = await page();
    const second = await page(first.nextToken);
    const events = [...(first.events ?? []), ...(second.events ?? [])];
    expect(events.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect([first.events?.length, second.nextToken]).to.deep.equal([4, undefined]);
    expect(JSON.stringify(events)).to.not.contain('secret');
    expect(events[1]?.stateEnteredEventDetails).to.deep.equal({ name: 'Work' });
  });
});

describe('an outage of Step Functions', () => {
  const { open } = useStepFunctions();

  for (const [what, kind, carriedOut, failure, count] of [
    ['throttles and starts nothing', 0, 0, { name: 'ThrottlingException' }, 0],
    ['fails, though the execution was started', 0.5, 0.49, { name: 'InternalFailure' }, 1],
    ['fails, and has started nothing', 0.5, 0.5, { name: 'InternalFailure' }, 0],
    ['gives no answer, though the execution was started', 0.9, 0, { code: 'ECONNRESET' }, 1],
  ] as const) {
    it(what, async () => {
      const drawn: Record<string, number> = { 'kind of outage': kind, 'carried out': carriedOut };
      const outages = createOutages({ share: 0.5, outageMs: 1, draw: (each) => drawn[each] ?? 0.49, ...OUTAGE_ERRORS });
      const throttled: string[] = [];
      const { start, stepFunctions } = await open({
        definition: machine({ Work: task() }),
        invokeTask: () => new Promise(() => undefined),
        outages,
        onThrottled: (operation) => throttled.push(operation),
      });
      expect(await failureOf(start())).to.include(failure);
      expect(throttled).to.deep.equal(kind === 0 ? ['StartExecution'] : []);
      expect(stepFunctions.executions.running()).to.have.length(count);
    });
  }

  it('begins with its share of calls, and then lasts for all who call until its time is over', async () => {
    const clock = useFakeTimers({ toFake: ['performance'] });
    try {
      const drawn = [0.5, 0.49, 0, 0.5];
      const draw = () => drawn.shift() ?? Number.NaN;
      const { meet } = createOutages({ share: 0.5, outageMs: 300, draw, ...OUTAGE_ERRORS });
      const call = () => 'answer';
      expect(await meet(call)).to.equal('answer');
      for (const passed of [0, 299]) {
        clock.tick(passed);
        expect(await failureOf(meet(call))).to.have.property('name', 'ThrottlingException');
      }
      clock.tick(1);
      expect(await meet(call)).to.equal('answer');
    } finally {
      clock.restore();
    }
  });
});

/** What a restart keeps of executions, and how it ends those that ran, is shown by test/properties/history.test.ts. */
describe('status events', () => {
  const { open } = useStepFunctions();
  const dataDir = useDataDir();

  it('that were not delivered are delivered after a restart, in their order, and that once', async () => {
    const options = { definition: machine({ Done: { Type: 'Succeed' } }), dataDir: dataDir() };
    const { stepFunctions, start } = await open({
      ...options,
      onStatusChange: () => Promise.reject(new Error('down')),
    });
    await start();
    await until(() => stepFunctions.executions.running().length === 0);
    for (const expected of [['RUNNING', 'SUCCEEDED'], []]) {
      const restarted = await open(options);
      await restarted.stepFunctions.executions.recover();
      expect(restarted.events.map(({ detail }) => detail.status)).to.deep.equal(expected);
    }
  });

  it('are tried again, the same, until they are taken', async () => {
    const tries: StatusEvent[] = [];
    const { start, end, events } = await open({
      definition: machine({ Stop: { Type: 'Fail', Error: 'E', Cause: 'C' } }),
      timeScale: 0.005,
      onStatusChange: (event) => {
        if (event.detail.status === 'RUNNING') return;
        tries.push(event);
        if (tries.length < 3) throw new Error('not now');
      },
    });
    await end(await start());
    expect(events.map(({ detail }) => detail.status)).to.deep.equal(['RUNNING', 'FAILED']);
    expect(events[1]?.detail).to.include({ error: 'E', cause: 'C', redriveStatus: 'REDRIVABLE' });
    expect(new Set(tries.map(({ id }) => id)).size).to.equal(1);
  });
});
