import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Looks in a row without work before a stack is taken to be at rest, and milliseconds between two. */
const REST = { looks: 6, everyMs: 100 } as const;

/** The text of a file of a process; empty once the process is gone. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** The fields of /proc/<pid>/stat from the third on: the second is a name in brackets, which may hold anything (proc(5)). */
const fieldsOf = (pid: number) => read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];

/**
 * A process and all that descend from it, as Linux tells.
 * @throws Error on a system without /proc
 */
export function processTree(root: number): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) ? [{ pid, parent: Number(fieldsOf(pid)[1]) }] : [];
  });
  const below = (pid: number): number[] => [
    pid,
    ...parents.filter(({ parent }) => parent === pid).flatMap((child) => below(child.pid)),
  ];
  return below(root);
}

/** Memory of processes in MB: what several share counts in equal parts (PSS). */
export function memoryMb(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/^Pss:\s+(\d+) kB/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0));
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** Waits until a process and its descendants have used no processor time for a while; 10 ms are the least that is seen. */
export async function untilAtRest(root: number): Promise<void> {
  const ticks = () => {
    const used = processTree(root).map((pid) => fieldsOf(pid));
    return used.reduce((sum, fields) => sum + Number(fields[11] ?? 0) + Number(fields[12] ?? 0), 0);
  };
  let before = ticks();
  for (let quiet = 0; quiet < REST.looks; ) {
    await sleep(REST.everyMs);
    const now = ticks();
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}
