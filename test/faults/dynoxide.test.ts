import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { findBinary } from '../../local/aws/dynamodb/binary.ts';
import { useProcesses } from '../support/stack/process.ts';
import { type Answer, patiently, type Status, signIn, statusPath, titles, useStack } from '../support/stack/stack.ts';

async function health(url: string): Promise<{ status: number; body: { status: string; down: string[] } }> {
  const response = await fetch(`${url}/local/health`);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

describe('kill -9 of dynoxide', function () {
  this.timeout(300_000);

  describe('with the database on the disk', () => {
    const { start, dataDir } = useProcesses({ AI_LATENCY_MS: '50-200', TIME_SCALE: '0.5' });
    const pidOf = () => Number(readFileSync(join(dataDir(), 'dynoxide.pid'), 'utf8'));

    it('in the middle of a run costs nothing that was saved, and the run ends', async () => {
      const stack = await start();
      const user = await signIn(stack.url, 'killed');
      const goal = await user.createGoal(titles(25));
      const { executionArn } = (await user.start(goal.goalId)).body;
      const ask = (): Promise<Answer<Status>> => user.call('GET', statusPath(executionArn));
      const seen = await user.waitFor(executionArn, ({ processedActions }) => processedActions >= 4);
      const killed = pidOf();
      process.kill(killed, 'SIGKILL');
      let status = (await patiently(ask)).body;
      for (; status.status === 'RUNNING'; status = (await patiently(ask)).body) await sleep(50);
      expect(status).to.include({ status: 'SUCCEEDED', processedActions: 25 });
      const saved = new Set((await user.listTasks(goal.goalId)).map(({ actionId }) => actionId));
      for (const { actionId, outcome } of seen.outcomes) if (outcome === 'SAVED') expect(saved).to.include(actionId);
      expect((await user.getGoal(goal.goalId)).status).to.equal('active');
      expect(pidOf()).not.to.equal(killed);
      expect(await health(stack.url)).to.deep.include({ status: 200 });
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
      );
      chmodSync(program, 0o755);
      const stack = await start({ DYNOXIDE_BINARY: program });
      const ended = new Promise((resolve) => {
        stack.process.once('close', resolve);
      });
      process.kill(pidOf(), 'SIGKILL');
      expect(await ended).to.equal(1);
      expect(stack.output()).to.match(
        /The local stack cannot go on: dynoxide does not start again: .*: the disk is full/,
      );
    });
  });

  describe('with the database in memory', () => {
    const stack = useStack();

    it('is what /local/health says, and the stack knows that it is lost', async () => {
      const { url, lost, databasePid } = stack();
      expect(await health(url)).to.deep.include({ status: 200 });
      process.kill(databasePid(), 'SIGKILL');
      expect((await lost).message).to.contain('with it all data');
      const { status, body } = await health(url);
      expect(status).to.equal(503);
      expect(body).to.deep.include({ status: 'down', down: ['dynamodb'] });
    });
  });
});
