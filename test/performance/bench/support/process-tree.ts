import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in which Linux counts processor time (USER_HZ, always 100 for programs). */
const TICKS = 100;

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** Processor time of the process and of its children that have ended, in milliseconds. */
  readonly cpuMs: number;
}

/** Reads `/proc/<pid>/stat`; the fields after the name, which may hold anything, are counted from its last bracket. */
function statOf(pid: number): ProcessStat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { pid, parent: Number(fields[1]), cpuMs: (ticks * 1000) / TICKS };
  } catch {
    return undefined;
  }
}

/** A process and all that it has started, directly or not. Linux only. */
export function processTree(root: number): readonly ProcessStat[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const tree = all.filter(({ pid }) => pid === root);
  for (const found of tree) tree.push(...all.filter(({ parent }) => parent === found.pid));
  return tree;
}

/** Processor time that a process and all that it has started have used so far, in milliseconds, to 10 ms each. */
export const cpuOf = (root: number): number => processTree(root).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
