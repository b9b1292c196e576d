import { expect } from 'chai';
import fc from 'fast-check';
import { backlog, firstHour, profile } from '../../../scripts/simulate/day.ts';
import { measureDemand } from '../../../scripts/simulate/demand.ts';
import { LocalStackModel } from '../../../scripts/simulate/local.ts';
import { Interpreter, readDefinition } from '../../../scripts/simulate/model/execution.ts';
import { Cores, Rate, Slots } from '../../../scripts/simulate/model/limits.ts';
import { People } from '../../../scripts/simulate/model/people.ts';
import { type Process, Simulation } from '../../../scripts/simulate/model/simulation.ts';
import { Site } from '../../../scripts/simulate/model/site.ts';
import { readOptions } from '../../../scripts/simulate/options.ts';
import { overload } from '../../../scripts/simulate/overload.ts';
import { simulatePeak } from '../../../scripts/simulate/peak.ts';
import { type LimitName, type Limits, limitsOf, mapLimits } from '../../../scripts/simulate/stage.ts';
import { RETRIERS } from '../../../statemachine/retries.ts';

const SEED = '1';
const definition = readDefinition();
const prod: Limits = limitsOf('prod');
const OPTIONS = { actions: 64, aiSeconds: 5, seed: SEED };
const SPAN = { fill: 100, watch: 100 };

/** The limits of prod, some of which have another value. */
const withLimits = (values: Partial<Record<LimitName, number>>): Limits =>
  mapLimits(prod, ({ value }, name) => values[name] ?? value);
const ENOUGH_TOKENS = { bedrockTokens: Number.POSITIVE_INFINITY };

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('the limits of the simulation', () => {
  it('grant in no second more than a rate and what may be taken at once, and count all that is asked', () => {
    const requests = fc.array(
      fc.record({ after: fc.nat(300), amount: fc.integer({ min: 1, max: 20 }), patience: fc.nat(2000) }),
      {
        minLength: 50,
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(
        requests,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (asked, perSecond, burst) => {
          const rate = new Rate(perSecond, burst);
          const grants: { at: number; amount: number }[] = [];
          let now = 0;
          for (const { after, amount, patience } of asked) {
            now += after;
            const wait = rate.take(now, amount, patience);
            if (wait !== undefined) grants.push({ at: now + wait, amount });
            expect(wait ?? 0).to.be.at.most(patience);
          }
          for (const { at } of grants) {
            const inSecond = grants.filter((grant) => grant.at > at - 1000 && grant.at <= at);
            // Whoever wants more than fits into the bucket gets it once that much has run in.
            const most = Math.max(burst, ...inSecond.map(({ amount }) => amount));
            expect(sum(inSecond.map(({ amount }) => amount))).to.be.at.most(perSecond + most + 1e-6);
          }
          const { asked: all, granted, refused } = rate.count;
          expect([granted + refused, granted]).to.deep.equal([all, sum(grants.map(({ amount }) => amount))]);
        },
      ),
    );
  });

  it('let nobody in while all slots are taken, and add up how long they are', () => {
    const slots = new Slots(2);
    expect([slots.enter(0), slots.enter(10), slots.enter(20)]).to.deep.equal([true, true, false]);
    slots.leave(30);
    expect([slots.enter(40), slots.slotMs(50), slots.most]).to.deep.equal([true, 10 + 2 * 20 + 10 + 2 * 10, 2]);
  });

  it('make a queue before two cores wait as long as the theory says (M/M/2)', () => {
    const [perSecond, serviceMs] = [16, 100];
    const simulation = new Simulation(SEED);
    const cores = new Cores(2);
    const exponential = (mean: number) => -mean * Math.log(1 - simulation.random());
    const waits: number[] = [];
    function* customer(): Process {
      const [came, ms] = [simulation.now, exponential(serviceMs)];
      yield* cores.work(simulation.now, ms);
      waits.push(simulation.now - came - ms);
    }
    function* arrivals(): Process {
      for (let n = 0; n < 60_000; n += 1) {
        yield exponential(1000 / perSecond);
        simulation.start(customer());
      }
    }
    simulation.start(arrivals());
    simulation.run();
    // Erlang's formula for two servers: the mean wait is ρ² / (1 - ρ²) services.
    const load = (perSecond * serviceMs) / 1000 / 2;
    const expected = (serviceMs * load ** 2) / (1 - load ** 2);
    expect(sum(waits) / waits.length / expected).to.be.within(0.93, 1.07);
  });
});

describe('an execution in the simulation', () => {
  /** One person on an otherwise empty site. */
  function play(changes: { aiSeconds?: number; actions?: number; limits?: Limits } = {}) {
    const { aiSeconds = 5, actions = 64, limits = withLimits(ENOUGH_TOKENS) } = changes;
    const site = new Site({ limits, aiSeconds: { mean: aiSeconds, spread: 0 }, seed: SEED });
    const people = new People(site, new Interpreter(definition, site), { actions, perSecond: 1 });
    site.simulation.start(people.visit());
    site.simulation.run();
    const [visit] = people.visits;
    if (visit?.run === undefined) throw new Error('nobody was let in');
    return { site, run: visit.run };
  }

  it('takes three waves and as many state transitions as are billed', () => {
    const { site, run } = play();
    expect(((run.endedAt ?? 0) - run.startedAt) / 1000).to.be.within(15, 16);
    expect([site.transitions.count.granted, site.aiConcurrency.most, run.count('SAVED')]).to.deep.equal([152, 24, 64]);
    expect([site.aiConcurrency.used, site.lambdaConcurrency.used, site.runningExecutions.used]).to.deep.equal([
      0, 0, 0,
    ]);
  });

  it('ends with failed actions when no AI call answers in time', () => {
    const { run } = play({ aiSeconds: 1000, actions: 24 });
    expect([run.count('FAILED'), run.hasTimedOut]).to.deep.equal([24, false]);
    expect(new Set(run.errors)).to.deep.equal(new Set(['BatchTimeout']));
    expect(((run.endedAt ?? 0) - run.startedAt) / 1000).to.be.within(299, 302);
  });

  it('loses actions after the retries of requirement 3 when there are no tokens', () => {
    const { run } = play({ limits: withLimits({ bedrockTokens: 1 }) });
    expect(run.errors).to.deep.equal(Array.from({ length: 64 }, () => 'ThrottlingException'));
  });
});

describe('many people in the simulation', () => {
  const at = (runsPerSecond: number, limits = withLimits(ENOUGH_TOKENS), seed = SEED, span = SPAN) =>
    simulatePeak(limits, definition, { ...OPTIONS, seed }, runsPerSecond, { span });

  for (const [title, limits] of [
    ['', { runningExecutions: 30 }],
    [', where steps fail for want of write units', { runningExecutions: 30, tasksWrites: 20 }],
    [', where executions time out', { runningExecutions: 30, aiConcurrency: 8 }],
  ] as const)
    it(`are all accounted for: refused, running or done; and no more run than may${title}`, () => {
      const aiSeconds = { mean: 5, spread: 0.4 };
      const site = new Site({ limits: withLimits({ ...ENOUGH_TOKENS, ...limits }), aiSeconds, seed: SEED });
      const people = new People(site, new Interpreter(definition, site), { actions: 64, perSecond: 2 });
      const runs = () => people.visits.flatMap(({ run }) => run ?? []);
      site.simulation.start(people.arrive(2, 100));
      site.simulation.run(100_000);
      const running = runs().filter(({ endedAt }) => endedAt === undefined).length;
      // A claim holds a place before its run begins.
      expect(site.runningExecutions.used).to.be.within(running, 30);
      expect(site.runningExecutions.most).to.equal(30);
      site.simulation.run();
      expect([runs().length, site.runningExecutions.used]).to.deep.equal([people.visits.length, 0]);
      const ends = runs().map((run) => [
        run.count('SAVED') + run.count('FAILED'),
        run.errors.length - run.count('FAILED'),
      ]);
      expect(ends.every(([ended, unexplained]) => ended === 64 && unexplained === 0)).to.equal(true);
      expect(site.startExecution.count.granted).to.equal(people.visits.length);
      expect(runs().some((run) => run.count('FAILED') > 0)).to.equal(title !== '');
    });

  it('take as much on average as the demand of a run says, at the rate at which they come', () => {
    const [perSecond, seconds] = [0.5, 1000];
    const site = new Site({ limits: prod, isOpen: true, aiSeconds: { mean: 5, spread: 0.4 }, seed: SEED });
    const people = new People(site, new Interpreter(definition, site), { actions: 64, perSecond });
    site.simulation.start(people.arrive(perSecond, seconds));
    site.simulation.run();
    const demand = measureDemand(prod, definition, readOptions({}))(people.visits.length / seconds);
    const onAverage = (slots: Slots) => slots.slotMs(site.now) / 1000 / seconds;
    expect(onAverage(site.aiConcurrency) / demand.aiConcurrency).to.be.within(0.95, 1.05);
    expect(onAverage(site.runningExecutions) / demand.runningExecutions).to.be.within(0.95, 1.05);
    expect(site.apiRequests.count.granted / seconds / demand.apiRequests).to.be.within(0.95, 1.05);
  });

  it('come and fare the same with the same seed, and otherwise with another', () => {
    const of = (seed: string) => JSON.stringify(at(1, undefined, seed, { fill: 20, watch: 20 }));
    expect(of('1')).to.equal(of('1')).and.not.to.equal(of('2'));
  });

  it('are not served worse when a limit is raised', () => {
    const busy = at(3);
    for (const name of ['aiConcurrency', 'transitions', 'apiRequests', 'lambdaConcurrency'] as const) {
      const more = at(3, withLimits({ ...ENOUGH_TOKENS, [name]: 2 * prod[name].value }));
      expect(more.endedPerSecond, name).to.be.at.least(0.95 * busy.endedPerSecond);
      expect(more.failed, name).to.deep.equal({});
    }
  });
});

describe('the day of the simulation', () => {
  it('has as many runs as are asked for, and a busiest hour as many times the mean', () => {
    for (const peak of [1, 3, 6]) {
      const rates = profile(86_400, peak);
      expect(sum(rates) / 24).to.be.closeTo(1, 1e-9);
      expect(Math.max(...rates)).to.be.closeTo(peak, 1e-6);
    }
  });

  it('names the first hour of a shortage, if there is one', () => {
    const hours = [0, 1, 5, 2];
    expect([firstHour(hours, (rate) => rate >= 2), firstHour(hours, (rate) => rate > 5)]).to.deep.equal([
      '02:00',
      undefined,
    ]);
  });

  it('lets those wait who come above what is served, and makes up for it later', () => {
    expect(backlog([2, 4, 1, 1], 2)).to.deep.equal({ longestHours: 1, left: 0 });
    expect(backlog([1, 3], 2)).to.deep.equal({ longestHours: 0.5, left: 3600 });
  });
});

describe('a stage with three times the executions that its AI concurrency is made for', () => {
  const fails = (retrier: object) => {
    const text = JSON.stringify(definition).replaceAll(
      JSON.stringify(RETRIERS.ThrottledRetry),
      JSON.stringify(retrier),
    );
    const { failed } = overload(prod, JSON.parse(text), OPTIONS, { times: 3, runsAtFullSpeed: 20 });
    return failed['Lambda.TooManyRequestsException'] ?? 0;
  };

  it('fails no action for want of concurrency', () => {
    expect(fails(RETRIERS.ThrottledRetry)).to.equal(0);
  });

  it('did with six tries, as before', () => {
    expect(fails({ ...RETRIERS.ThrottledRetry, MaxAttempts: 6 })).to.be.above(0);
  });
});

describe('the local stack in the simulation', () => {
  const model = new LocalStackModel(prod, definition);
  const measured = { runMs: 600, statusMs: 8, startMs: 80 };
  const rush = { users: 1, actions: 64, aiMs: 100 };

  it('takes the AI’s three waves and no more with work that takes no time', () => {
    expect(model.predict(2, { runMs: 0, statusMs: 0, startMs: 0 }, rush)).to.equal(300);
  });

  it('takes at least what its cores need for a rush, and hardly more; with more cores less', () => {
    const many = { ...rush, users: 20 };
    const [one, two, four] = [1, 2, 4].map((cores) => model.predict(cores, measured, many));
    expect(two).to.be.within((20 * 600) / 2, (20 * 600 * 1.5) / 2);
    expect([one, two]).to.deep.equal([one, two].sort((a = 0, b = 0) => b - a));
    expect(four).to.be.below(two ?? 0);
  });
});
