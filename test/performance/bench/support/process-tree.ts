import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clock ticks a second in which Linux counts processor time (USER_HZ, always 100 for programs). */
const TICKS = 100;
/** Looks in a row without work before a process is taken to be at rest, and milliseconds between two. */
const REST = { looks: 6, everyMs: 100 } as const;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Processor time of the process and of its children that have ended, in milliseconds. */
  readonly cpuMs: number;
}

/** The text of a file of a process; empty once the process is gone. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Of /proc/<pid>/stat (proc(5)): the fields after the name, which may hold anything, are counted from its last bracket. */
function statOf(pid: number): ProcessStat {
  const stat = read(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuMs: (ticks * 1000) / TICKS };
}

/**
 * A process and all that it has started, directly or not.
 * @throws Error on a system without /proc
 */
export function processTree(root: number): readonly ProcessStat[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? statOf(Number(name)) : []));
  const tree = all.filter(({ pid }) => pid === root);
  for (const found of tree) tree.push(...all.filter(({ parent }) => parent === found.pid));
  return tree;
}

/** Processor time that a process and all that it has started have used so far, in milliseconds, to 10 ms each. */
export const cpuOf = (root: number): number => processTree(root).reduce((sum, { cpuMs }) => sum + cpuMs, 0);

/** Memory of a process and all that it has started, in MB; of what several share, each counts its part (PSS). */
export function memoryOf(root: number): number {
  const kilobytes = processTree(root).map(({ pid }) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(read(pid, 'smaps_rollup'))?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** Waits until a process and all that it has started have used no processor time for a while; 10 ms are the least that is seen. */
export async function untilAtRest(root: number): Promise<void> {
  let before = cpuOf(root);
  for (let quiet = 0; quiet < REST.looks; ) {
    await sleep(REST.everyMs);
    const now = cpuOf(root);
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
}
