import { INVOCATIONS_OF_A_PROCESS } from '../../../local/aws/lambda/pool.ts';
import type { Limits } from '../stage.ts';
import type { SimulatedLambda, Store } from '../workload.ts';
import { Cores, Rate, Slots } from './limits.ts';
import { type Process, Simulation } from './simulation.ts';

/** A machine on which everything runs, in place of AWS. */
export interface Machine {
  readonly cores: number;
  /** Milliseconds of a core that an invocation takes, with all that other processes do for it. */
  readonly cpuMs: Readonly<Partial<Record<SimulatedLambda, number>>>;
  /** Milliseconds of a core until another process of a Lambda can work. */
  readonly startMs: number;
}

/** Where executions run. */
export interface Place {
  readonly limits: Limits;
  /** Nothing is refused and nothing waits: to see what is asked for. */
  readonly isOpen?: boolean;
  /** Only every so manieth person comes, and each limit is that much smaller; 1 unless said otherwise. */
  readonly sample?: number;
  /** Seconds of an AI answer. */
  readonly aiSeconds: { readonly mean: number; readonly spread: number };
  /** Then times come from its cores alone, and all limits are open. */
  readonly machine?: Machine;
  readonly seed: string;
}

/** Everything that can be short, at one place. */
export class Site {
  readonly simulation: Simulation;
  readonly place: Place;
  readonly sample: number;
  readonly aiConcurrency: Slots;
  readonly lambdaConcurrency: Slots;
  readonly runningExecutions: Slots;
  readonly bedrockTokens: Rate;
  readonly transitions: Rate;
  readonly startExecution: Rate;
  readonly apiRequests: Rate;
  readonly byRunningReads: Rate;
  readonly putMetricData: Rate;
  readonly writes: Readonly<Record<Store, Rate>>;
  readonly executionsReads: Rate;
  readonly cores: Cores | undefined;
  readonly #pools = new Map<SimulatedLambda, { inFlight: number; processes: number }>();

  constructor(place: Place) {
    const { limits, isOpen = false, sample = 1, machine, seed } = place;
    const isUnlimited = isOpen || machine !== undefined;
    const share = (value: number) => (isUnlimited ? Number.POSITIVE_INFINITY : value / sample);
    const slots = (name: 'aiConcurrency' | 'lambdaConcurrency' | 'runningExecutions') =>
      new Slots(Math.max(1, Math.round(share(limits[name].value))));
    const rate = (name: Exclude<keyof Limits, 'aiConcurrency' | 'lambdaConcurrency' | 'runningExecutions'>) => {
      const { value, burst = value } = limits[name];
      return new Rate(share(value), share(burst));
    };
    this.place = place;
    this.sample = sample;
    this.simulation = new Simulation(seed);
    this.aiConcurrency = slots('aiConcurrency');
    this.lambdaConcurrency = slots('lambdaConcurrency');
    this.runningExecutions = slots('runningExecutions');
    this.bedrockTokens = rate('bedrockTokens');
    this.transitions = rate('transitions');
    this.startExecution = rate('startExecution');
    this.apiRequests = rate('apiRequests');
    this.byRunningReads = rate('byRunningReads');
    this.putMetricData = rate('putMetricData');
    this.writes = {
      goals: rate('goalsWrites'),
      tasks: rate('tasksWrites'),
      executions: rate('executionsWrites'),
      byRunning: rate('byRunningWrites'),
    };
    this.executionsReads = rate('executionsReads');
    this.cores = machine && new Cores(machine.cores);
  }

  get now(): number {
    return this.simulation.now;
  }

  /** Waits a time around a mean, half as long to half as long again; on a machine of our own nothing waits by the clock. */
  *pass(meanMs: number): Process {
    if (this.cores === undefined) yield meanMs * (0.5 + this.simulation.random());
  }

  /** Works for a Lambda on the machine, if there is one. @param share of its work */
  *compute(lambda: SimulatedLambda, share = 1): Process {
    const { machine } = this.place;
    if (machine === undefined || this.cores === undefined) return;
    yield* this.cores.work(this.now, share * (machine.cpuMs[lambda] ?? 0));
  }

  /** Finds room for an invocation on the machine, if there is one: in a process that works, or in one that has to start. */
  *enterProcess(lambda: SimulatedLambda): Process {
    const { machine } = this.place;
    if (machine === undefined || this.cores === undefined) return;
    const pool = this.#pools.get(lambda) ?? { inFlight: 0, processes: 1 };
    this.#pools.set(lambda, pool);
    pool.inFlight += 1;
    if (pool.inFlight <= INVOCATIONS_OF_A_PROCESS * pool.processes) return;
    pool.processes += 1;
    yield* this.cores.work(this.now, machine.startMs);
  }

  leaveProcess(lambda: SimulatedLambda): void {
    const pool = this.#pools.get(lambda);
    if (pool !== undefined) pool.inFlight -= 1;
  }
}
