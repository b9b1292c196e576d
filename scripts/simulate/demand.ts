import type { Definition } from '../../local/aws/step-functions/engine/definition.ts';
import { Interpreter } from './model/execution.ts';
import { countUnits, People, startProcesses } from './model/people.ts';
import { Site } from './model/site.ts';
import type { Options } from './options.ts';
import { type LimitName, type Limits, namesOf } from './stage.ts';
import { AI } from './workload.ts';

/** Runs whose mean is the demand of a run. */
const RUNS = 20;

/** How much of each limit so many runs a second take: of a rate, units a second; of slots, how many are taken on average. */
export type Demand = (runsPerSecond: number) => Record<LimitName, number>;

/**
 * What a run asks of each limit, measured on runs in a simulation in which nothing is short. By Little's law, slots taken
 * on average are runs a second × seconds that a run takes slots for.
 */
export function measureDemand(limits: Limits, definition: Definition, options: Options): Demand {
  const { actions, aiSeconds, seed } = options;
  const site = new Site({ limits, isOpen: true, aiSeconds: { mean: aiSeconds, spread: AI.spread }, seed });
  const people = new People(site, new Interpreter(definition, site), { actions, perSecond: 1 });
  for (let run = 0; run < RUNS; run += 1) site.simulation.start(people.visit());
  site.simulation.run();
  const taken = (rate: { count: { granted: number } }) => rate.count.granted / RUNS;
  const slotSeconds = (slots: { slotMs(now: number): number }) => slots.slotMs(site.now) / 1000 / RUNS;
  const ofRun = {
    bedrockTokens: taken(site.bedrockTokens),
    aiConcurrency: slotSeconds(site.aiConcurrency),
    runningExecutions: slotSeconds(site.runningExecutions),
    transitions: taken(site.transitions),
    startExecution: taken(site.startExecution),
    lambdaConcurrency: slotSeconds(site.lambdaConcurrency),
    apiRequests: taken(site.apiRequests),
    tasksWrites: taken(site.writes.tasks),
    executionsWrites: taken(site.writes.executions),
    executionsReads: taken(site.executionsReads),
    goalsWrites: taken(site.writes.goals),
    newTableWrites: Math.max(taken(site.writes.tasks), taken(site.writes.executions), taken(site.writes.goals)),
    byRunningWrites: taken(site.writes.byRunning),
    putMetricData: taken(site.putMetricData),
    archive: 1,
  };
  return (runsPerSecond) => {
    // Each process counts what runs at most once a second, so this grows faster than the runs.
    const counts = Math.min(runsPerSecond, startProcesses(runsPerSecond));
    const running = runsPerSecond * ofRun.runningExecutions;
    return {
      ...mapValues(ofRun, (amount) => amount * runsPerSecond),
      byRunningReads: counts * countUnits(running),
    };
  };
}

const mapValues = <Name extends string>(values: Record<Name, number>, change: (value: number) => number) =>
  Object.fromEntries(Object.entries<number>(values).map(([name, value]) => [name, change(value)])) as Record<
    Name,
    number
  >;

/** Use of each limit, 1 for all of it. */
export function useOf(limits: Limits, demand: Record<LimitName, number>): Record<LimitName, number> {
  return Object.fromEntries(namesOf(limits).map((name) => [name, demand[name] / limits[name].value])) as Record<
    LimitName,
    number
  >;
}
