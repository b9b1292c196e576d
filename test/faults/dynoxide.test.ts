import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { findBinary } from '../../local/aws/dynamodb/binary.ts';
import { useProcesses } from '../support/stack/process.ts';
import { signIn, titles, useStack } from '../support/stack/stack.ts';

const healthOf = (url: string) => fetch(`${url}/local/health`);

describe('kill -9 of dynoxide', function () {
  this.timeout(300_000);

  describe('with the database on the disk', () => {
    const { start, dataDir } = useProcesses({ AI_LATENCY_MS: '50-200', TIME_SCALE: '0.5' });
    const pidOf = () => Number(readFileSync(join(dataDir(), 'dynoxide.pid'), 'utf8'));

    it('in the middle of a run costs nothing that was saved, and the run ends', async () => {
      const stack = await start();
      const user = await signIn(stack.url, 'killed', { isPatient: true });
      const goal = await user.createGoal(titles(25));
      const { executionArn } = (await user.start(goal.goalId)).body;
      const seen = await user.waitFor(executionArn, ({ processedActions }) => processedActions >= 4);
      const killed = pidOf();
      process.kill(killed, 'SIGKILL');
      expect(await user.waitForEnd(executionArn)).to.include({ status: 'SUCCEEDED', processedActions: 25 });
      const saved = new Set((await user.listTasks(goal.goalId)).map(({ actionId }) => actionId));
      for (const { actionId, outcome } of seen.outcomes) if (outcome === 'SAVED') expect(saved).to.include(actionId);
      expect((await user.getGoal(goal.goalId)).status).to.equal('active');
      expect(pidOf()).not.to.equal(killed);
      expect(await healthOf(stack.url)).to.include({ status: 200 });
      expect(readFileSync(join(dataDir(), 'lambda.log'), 'utf8')).to.contain(
        'dynoxide has ended (signal SIGKILL) and is started again',
      );
    });

    it('ends the stack with a message when it does not start again', async () => {
      const program = join(dataDir(), 'fake');
      const started = join(dataDir(), 'started');
      writeFileSync(
        program,
        `#!/bin/sh\n[ -e '${started}' ] && { echo 'the disk is full' >&2; exit 3; }\n` +
          `touch '${started}'; exec '${findBinary(process.env)}' "$@"\n`,
        { mode: 0o755 },
      );
      const stack = await start({ DYNOXIDE_BINARY: program });
      const ended = once(stack.process, 'close');
      process.kill(pidOf(), 'SIGKILL');
      expect(await ended).to.deep.equal([1, null]);
      expect(stack.output()).to.match(
        /The local stack cannot go on: dynoxide does not start again: .*: the disk is full/,
      );
    });
  });

  describe('with the database in memory', () => {
    const stack = useStack();

    it('is what /local/health says, and the stack knows that it is lost', async () => {
      const { url, lost, databasePid } = stack();
      expect(await healthOf(url)).to.include({ status: 200 });
      process.kill(databasePid(), 'SIGKILL');
      expect((await lost).message).to.contain('with it all data');
      const answer = await healthOf(url);
      expect(answer).to.include({ status: 503 });
      expect(await answer.json()).to.deep.include({ status: 'down', down: ['dynamodb'] });
    });
  });
});
