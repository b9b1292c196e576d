import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { BenchStack } from './stack.ts';
import { createGoal, run, signInTo } from './user.ts';

/** What became of many who pressed the button at once. */
export interface Rush {
  /** From the press to the last end, in milliseconds. */
  readonly elapsedMs: number;
  /** Processor time of the stack and of those who used it, in milliseconds. */
  readonly cpuMs: number;
  /** Cores that others left for both, on average. */
  readonly cores: number;
  readonly saved: number;
  readonly failed: number;
}

/**
 * Every user starts a goal of their own, all at once.
 * @param name of the users, which nobody had before
 * @param pollMs how often each asks for the status; as often as the page does unless told
 */
export async function rush(stack: BenchStack, users: number, name: string, pollMs?: number): Promise<Rush> {
  const given = await Promise.all(
    Array.from({ length: users }, async (_, index) => {
      const api = await signInTo(stack.url, `${name}-${index}`);
      return { api, goalId: await createGoal(api) };
    }),
  );
  const before = { ours: cpuWith(stack), all: busyMs(), at: performance.now() };
  const ended = await Promise.all(given.map(({ api, goalId }) => run(api, goalId, pollMs)));
  const cpuMs = cpuWith(stack) - before.ours;
  const others = Math.max(0, busyMs() - before.all - cpuMs) / (performance.now() - before.at);
  return {
    elapsedMs: Math.max(...ended.map(({ elapsedMs }) => elapsedMs)),
    cpuMs,
    cores: availableParallelism() - others,
    saved: ended.reduce((sum, { saved }) => sum + saved, 0),
    failed: ended.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** Processor time so far of the stack and of this process, whose users are part of the load, in milliseconds. */
export function cpuWith(stack: BenchStack): number {
  const { user, system } = process.cpuUsage();
  return stack.cpuMs() + (user + system) / 1000;
}

/** What all processes of the machine have worked so far: the first line of /proc/stat, without idle and waiting for disks (proc_stat(5)). */
function busyMs(): number {
  const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8').split(/\s+/).map(Number);
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks = 0) => sum + ticks * 10, 0);
}
