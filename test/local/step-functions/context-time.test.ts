import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { createTimePrinter } from '../../../local/aws/step-functions/engine/context-time.ts';
import { FUNCTION_ARN, STATE_MACHINE_ARN, startTestStack, type TestStack } from './test-support.ts';

const at = (time: string) => Date.parse(time);

describe('a time in the context object', () => {
  it('is ISO 8601 in UTC with milliseconds, and drops a fraction of zero', () => {
    const print = createTimePrinter(() => false);
    expect(print(at('2026-02-03T04:05:06.007Z'))).to.equal('2026-02-03T04:05:06.007Z');
    expect(print(at('2026-02-03T04:05:06.100Z'))).to.equal('2026-02-03T04:05:06.100Z');
    expect(print(at('2026-02-03T04:05:06.000Z'))).to.equal('2026-02-03T04:05:06Z');
  });

  it('that is moved to a whole second is moved to the next one, so that nothing loses time by it', () => {
    const print = createTimePrinter(() => true);
    expect(print(at('2026-02-03T04:05:06.001Z'))).to.equal('2026-02-03T04:05:07Z');
    expect(print(at('2026-12-31T23:59:59.999Z'))).to.equal('2027-01-01T00:00:00Z');
    expect(print(at('2026-02-03T04:05:06.000Z'))).to.equal('2026-02-03T04:05:06Z');
  });

  describe('of an execution', () => {
    let stack: TestStack | undefined;
    afterEach(() => stack?.close());

    /** What the items of a Map are told: when the execution started, and when each of their states was entered. */
    async function timesOf(isWholeSecond?: () => boolean): Promise<string[]> {
      const running = await startTestStack({
        definition: {
          StartAt: 'Items',
          States: {
            Items: {
              Type: 'Map',
              ItemSelector: { 'mapEntered.$': '$$.State.EnteredTime' },
              ItemProcessor: {
                StartAt: 'Work',
                States: {
                  Work: {
                    Type: 'Task',
                    Resource: FUNCTION_ARN,
                    Parameters: {
                      'mapEntered.$': '$.mapEntered',
                      'entered.$': '$$.State.EnteredTime',
                      'started.$': '$$.Execution.StartTime',
                    },
                    End: true,
                  },
                },
              },
              End: true,
            },
          },
        },
        ...(isWholeSecond === undefined ? {} : { isWholeSecond }),
      });
      stack = running;
      const input = JSON.stringify(Array.from({ length: 50 }, (_, index) => index));
      const command = new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, name: 'times', input });
      const { detail } = await running.end((await running.client.send(command)).executionArn);
      const outputs: Record<string, string>[] = JSON.parse(detail.output ?? '[]');
      return outputs.flatMap((output) => Object.values(output));
    }

    it('is on a whole second wherever it is asked for, and in the future by less than a second', async () => {
      const times = await timesOf(() => true);
      const now = Date.now();
      expect(times).to.have.length(150);
      for (const time of times) {
        expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        expect(at(time)).to.be.below(now + 1000);
      }
    });

    it('is on a whole second as often as the clock is, without being asked for', async () => {
      const times = await timesOf();
      const fractions = new Set(times.map((time) => /\.\d{3}Z$/.exec(time)?.[0] ?? 'none'));
      expect([...fractions]).not.to.deep.equal(['none']);
      for (const time of times) expect(at(time)).to.be.at.most(Date.now());
    });
  });
});
