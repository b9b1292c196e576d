import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import {
  ALIAS_ARN,
  describeExecution,
  FUNCTION_ARN,
  STATE_MACHINE_ARN,
  startTestStack,
  type TestStack,
} from './test-support.ts';

const DEFINITION = {
  StartAt: 'Choose',
  States: {
    Choose: { Type: 'Choice', Choices: [{ Variable: '$.wait', IsPresent: true, Next: 'Work' }], Default: 'Done' },
    Work: { Type: 'Task', Resource: FUNCTION_ARN, End: true },
    Done: { Type: 'Succeed' },
  },
};

const EXECUTION_ARN_PREFIX = 'arn:aws:states:ap-northeast-1:123456789012:execution:workflow:';

describe('the Step Functions API', () => {
  let stack: TestStack;

  beforeEach(async () => {
    stack = await startTestStack({ definition: DEFINITION, invokeTask: () => new Promise(() => undefined) });
  });

  afterEach(() => stack.close());

  function start(fields: { name?: string; input?: string; stateMachineArn?: string }) {
    return stack.client.send(new StartExecutionCommand({ stateMachineArn: STATE_MACHINE_ARN, ...fields }));
  }

  async function errorOf(call: Promise<unknown>): Promise<Error> {
    try {
      await call;
    } catch (error) {
      if (error instanceof Error) return error;
    }
    throw new Error('The call did not fail');
  }

  describe('StartExecution', () => {
    it('answers the ARN and the start date, and runs', async () => {
      const started = await start({ name: 'first', input: '{"a": 1}' });
      expect(started.executionArn).to.equal(`${EXECUTION_ARN_PREFIX}first`);
      expect(started.startDate?.getTime()).to.be.closeTo(Date.now(), 5000);
      await stack.end(started.executionArn);
      expect(await describeExecution(stack, started.executionArn)).to.include({
        status: 'SUCCEEDED',
        name: 'first',
        stateMachineArn: STATE_MACHINE_ARN,
        input: '{"a": 1}',
        output: '{"a":1}',
      });
    });

    it('takes an alias, and says so in the description', async () => {
      const started = await start({ stateMachineArn: ALIAS_ARN });
      const described = await describeExecution(stack, started.executionArn);
      expect(described).to.include({ stateMachineArn: STATE_MACHINE_ARN, stateMachineAliasArn: ALIAS_ARN });
    });

    it('makes a name, and {} the input, when there are none', async () => {
      const started = await start({});
      const described = await describeExecution(stack, started.executionArn);
      expect(described.name).to.match(/^[0-9a-f-]{36}$/);
      expect(described.input).to.equal('{}');
    });

    it('answers the same execution for the same name and input while it runs', async () => {
      const first = await start({ name: 'same', input: '{"wait":1,"b":2}' });
      const again = await start({ name: 'same', input: '{ "b": 2, "wait": 1 }' });
      expect(again.executionArn).to.equal(first.executionArn);
      expect(again.startDate).to.deep.equal(first.startDate);
      expect(stack.stepFunctions.executions.running()).to.have.length(1);
    });

    it('refuses a name that runs with another input', async () => {
      const { executionArn } = await start({ name: 'same', input: '{"wait":1}' });
      const error = await errorOf(start({ name: 'same', input: '{"wait":2}' }));
      expect(error.name).to.equal('ExecutionAlreadyExists');
      expect(error.message).to.equal(`Execution Already Exists: '${executionArn}'`);
    });

    it('refuses the name of an execution that has ended, whatever the input', async () => {
      const { executionArn } = await start({ name: 'closed', input: '{}' });
      await stack.end(executionArn);
      expect((await errorOf(start({ name: 'closed', input: '{}' }))).name).to.equal('ExecutionAlreadyExists');
    });

    for (const [what, name] of [
      ['is empty', ''],
      ['is longer than 80 characters', 'n'.repeat(81)],
      ['has white space', 'a b'],
      ['has a bracket', 'a<b'],
      ['has a wildcard', 'a*'],
      ['has a colon', 'a:b'],
      ['has a control character', 'a\u0085b'],
    ] as const) {
      it(`refuses a name that ${what}`, async () => {
        expect((await errorOf(start({ name }))).name).to.equal('InvalidName');
      });
    }

    it('takes a name of 80 characters, in any script', async () => {
      const name = `目標${'n'.repeat(78)}`;
      expect((await start({ name })).executionArn).to.equal(`${EXECUTION_ARN_PREFIX}${name}`);
    });

    it('refuses an input that is not JSON, and one above 256 KiB', async () => {
      expect((await errorOf(start({ input: 'not json' }))).name).to.equal('InvalidExecutionInput');
      expect((await errorOf(start({ input: '' }))).name).to.equal('InvalidExecutionInput');
      const tooLong = JSON.stringify('あ'.repeat(87_381)); // 3 bytes each, and two quotes
      expect(Buffer.byteLength(tooLong)).to.equal(262_145);
      expect((await errorOf(start({ input: tooLong }))).name).to.equal('InvalidExecutionInput');
    });

    it('refuses an unknown state machine, and what is not an ARN', async () => {
      const unknown = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:other';
      expect((await errorOf(start({ stateMachineArn: unknown }))).name).to.equal('StateMachineDoesNotExist');
      const malformed = await errorOf(start({ stateMachineArn: 'workflow' }));
      expect(malformed.name).to.equal('InvalidArn');
      expect(malformed.message).to.equal("Invalid Arn: 'Invalid ARN prefix: workflow'");
    });
  });

  describe('DescribeExecution and StopExecution', () => {
    it('know no execution that was not started', async () => {
      const executionArn = `${EXECUTION_ARN_PREFIX}none`;
      for (const command of [
        stack.client.send(new DescribeExecutionCommand({ executionArn })),
        stack.client.send(new StopExecutionCommand({ executionArn })),
        stack.client.send(new GetExecutionHistoryCommand({ executionArn })),
      ]) {
        const error = await errorOf(command);
        expect(error.name).to.equal('ExecutionDoesNotExist');
        expect(error.message).to.equal(`Execution Does Not Exist: '${executionArn}'`);
      }
    });

    it('refuse an ARN of something else', async () => {
      const error = await errorOf(stack.client.send(new DescribeExecutionCommand({ executionArn: STATE_MACHINE_ARN })));
      expect(error.name).to.equal('InvalidArn');
    });

    it('stop a running execution with error and cause', async () => {
      const { executionArn } = await start({ input: '{"wait":1}' });
      const stopped = await stack.client.send(
        new StopExecutionCommand({ executionArn, error: 'ABORT', cause: 'by me' }),
      );
      const described = await describeExecution(stack, executionArn);
      expect(described).to.include({ status: 'ABORTED', error: 'ABORT', cause: 'by me', redriveStatus: 'REDRIVABLE' });
      expect(described.stopDate).to.deep.equal(stopped.stopDate);
    });

    it('leave an execution that has ended as it is', async () => {
      const { executionArn } = await start({});
      await stack.end(executionArn);
      const before = await describeExecution(stack, executionArn);
      const stopped = await stack.client.send(new StopExecutionCommand({ executionArn, error: 'ABORT' }));
      const after = await describeExecution(stack, executionArn);
      expect(stopped.stopDate).to.deep.equal(before.stopDate);
      expect(after).to.include({ status: 'SUCCEEDED', output: '{}' });
      expect(after.error).to.equal(undefined);
    });
  });

  describe('ListExecutions', () => {
    it('lists the newest first, page by page, each execution once', async () => {
      const started: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        started.unshift((await start({ name: `execution-${index}` })).executionArn ?? '');
      }
      const listed: string[] = [];
      const pages: number[] = [];
      let nextToken: string | undefined;
      do {
        const page = await stack.client.send(
          new ListExecutionsCommand({ stateMachineArn: STATE_MACHINE_ARN, maxResults: 2, nextToken }),
        );
        pages.push(page.executions?.length ?? 0);
        listed.push(...(page.executions ?? []).map(({ executionArn }) => executionArn ?? ''));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      expect(pages).to.deep.equal([2, 2, 1]);
      expect(listed).to.deep.equal(started);
    });

    it('filters by status and by alias', async () => {
      const running = await start({ input: '{"wait":1}', stateMachineArn: ALIAS_ARN });
      const done = await start({});
      await stack.end(done.executionArn);
      const list = async (filter: object) => {
        const page = await stack.client.send(
          new ListExecutionsCommand({ stateMachineArn: STATE_MACHINE_ARN, ...filter }),
        );
        return page.executions?.map(({ executionArn }) => executionArn);
      };
      expect(await list({ statusFilter: 'RUNNING' })).to.deep.equal([running.executionArn]);
      expect(await list({ statusFilter: 'SUCCEEDED' })).to.deep.equal([done.executionArn]);
      expect(await list({ statusFilter: 'PENDING_REDRIVE' })).to.deep.equal([]);
      expect(await list({ stateMachineArn: ALIAS_ARN })).to.deep.equal([running.executionArn]);
    });

    it('refuses an unknown status, a page above 1000 and a token of another list', async () => {
      await start({ name: 'one' });
      await start({ name: 'two' });
      const { nextToken } = await stack.client.send(
        new ListExecutionsCommand({ stateMachineArn: STATE_MACHINE_ARN, maxResults: 1 }),
      );
      const list = (filter: object) =>
        stack.client.send(new ListExecutionsCommand({ stateMachineArn: STATE_MACHINE_ARN, ...filter }));
      expect((await errorOf(list({ statusFilter: 'succeeded' }))).name).to.equal('ValidationException');
      expect((await errorOf(list({ maxResults: 1001 }))).name).to.equal('ValidationException');
      expect((await errorOf(list({ nextToken, statusFilter: 'RUNNING' }))).name).to.equal('InvalidToken');
      expect((await errorOf(list({ nextToken: 'x' }))).name).to.equal('InvalidToken');
    });
  });

  describe('GetExecutionHistory', () => {
    it('pages forwards and backwards over the same events', async () => {
      const { executionArn } = await start({});
      await stack.end(executionArn);
      const read = async (reverseOrder: boolean) => {
        const ids: (number | undefined)[] = [];
        let nextToken: string | undefined;
        do {
          const page = await stack.client.send(
            new GetExecutionHistoryCommand({ executionArn, maxResults: 4, reverseOrder, nextToken }),
          );
          ids.push(...(page.events ?? []).map(({ id }) => id));
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
        return ids;
      };
      expect(await read(false)).to.deep.equal([1, 2, 3, 4, 5, 6]);
      expect(await read(true)).to.deep.equal([6, 5, 4, 3, 2, 1]);
    });

    it('leaves the data out when asked to', async () => {
      const { executionArn } = await start({ input: '{"secret":1}' });
      await stack.end(executionArn);
      const page = await stack.client.send(
        new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }),
      );
      expect(JSON.stringify(page.events)).to.not.contain('secret');
      expect(page.events?.[1]?.stateEnteredEventDetails).to.deep.equal({ name: 'Choose' });
    });
  });

  it('refuses an operation it does not have', async () => {
    const response = await fetch(stack.stepFunctions.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSStepFunctions.CreateStateMachine' },
      body: '{}',
    });
    expect(response.status).to.equal(400);
    expect(await response.json()).to.include({ __type: 'UnknownOperationException' });
  });

  for (const [what, init, status] of [
    ['a GET', {}, 404],
    [
      'a body that is not JSON',
      { method: 'POST', headers: { 'x-amz-target': 'AWSStepFunctions.ListExecutions' }, body: '{' },
      400,
    ],
    [
      'a body above 1 MiB',
      { method: 'POST', headers: { 'x-amz-target': 'AWSStepFunctions.ListExecutions' }, body: 'x'.repeat(1_048_577) },
      413,
    ],
  ] as const) {
    it(`answers ${what} with ${status}`, async () => {
      expect((await fetch(stack.stepFunctions.url, init)).status).to.equal(status);
    });
  }

  it('says when its port is in use', async () => {
    const { startStepFunctions } = await import('../../../local/aws/step-functions/index.ts');
    const second = startStepFunctions({
      stateMachineArn: STATE_MACHINE_ARN,
      aliasArns: [],
      definition: DEFINITION,
      timeScale: 1,
      port: stack.stepFunctions.port,
      invokeTask: async () => null,
      onStatusChange: () => undefined,
    });
    expect(await errorOf(second)).to.include({ code: 'EADDRINUSE' });
  });
});
