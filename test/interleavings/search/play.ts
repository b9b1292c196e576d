import { isIn, RUNNING } from '@goal-activity/core/execution/records.ts';
import { checkAnswer } from '../rules/answers.ts';
import { checkEnd } from '../rules/end.ts';
import { leftOfGoals } from '../rules/goals.ts';
import { checkStep } from '../rules/steps.ts';
import { checkWrite } from '../rules/writes.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { clock } from '../stand-ins/time.ts';
import { field } from '../world/answer.ts';
import { BOUNDS, type Bounds } from '../world/bounds.ts';
import type { Code } from '../world/handlers.ts';
import { runMachine } from '../world/machine.ts';
import { type Option, optionsOf } from '../world/options.ts';
import { LIST } from '../world/request.ts';
import { execute } from '../world/services.ts';
import { type Observers, type Settings, World } from '../world/world.ts';

/** Says which of the options comes next: its index, or undefined to give the run up. */
export type Chooser = (options: readonly Option[], world: World) => number | undefined;

/** What is run. */
export interface Subject extends Settings {
  readonly scenario: Scenario;
}

/** @param differing bounds that are not those of the scenario */
export const subjectOf = (scenario: Scenario, code: Code, differing: Partial<Bounds> = {}): Subject => ({
  scenario,
  code,
  bounds: { ...BOUNDS, ...scenario.bounds, ...differing },
});

/** What code that nobody waits for has thrown. */
let escaped: unknown;
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (thrown: unknown) => {
    escaped ??= thrown;
  });
}

const MOST_STEPS = 2_000;

/** @returns false for a run that its chooser gave up */
async function play(world: World, choose: Chooser, until = () => false): Promise<boolean> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await world.settle();
    if (escaped !== undefined) world.breaks('exception', (escaped instanceof Error && escaped.stack) || `${escaped}`);
    escaped = undefined;
    checkStep(world);
    const options = optionsOf(world);
    if (until() || options.length === 0) return true;
    const option = options[choose(options, world) ?? options.length];
    if (option === undefined) return false;
    world.say(() => `${String(step).padStart(3)} ${option.label()}`);
    option.run();
    world.last = option.actor ?? world.last;
  }
  world.breaks('endless', `more than ${MOST_STEPS} steps`);
  return true;
}

const first: Chooser = () => 0;

const observers: Observers = {
  execute,
  onWrite: checkWrite,
  onAnswer: checkAnswer,
  onStart: (world, execution) => void runMachine(world, execution),
};

/**
 * Runs a scenario by one schedule, and what follows until nothing happens any more.
 * @param trace gets what happens
 */
export async function run(subject: Subject, choose: Chooser, trace?: string[]): Promise<World> {
  const { scenario } = subject;
  const world = new World(subject, observers);
  try {
    await prepare(world, scenario);
    world.trace = trace;
    for (const act of scenario.acts) act(world);
    if (await play(world, choose)) await finish(world);
    return world;
  } finally {
    world.isOver = true;
  }
}

/** Brings the world to where the interleaving begins, by the plainest schedule. */
async function prepare(world: World, { prepare, until }: Scenario): Promise<void> {
  prepare(world);
  if (until === undefined) return;
  await play(world, first, () => until(world));
  world.happenings.length = 0;
  world.last = undefined;
}

/** A sweep finds nothing any more well before that. */
const SWEEPS = 10;
/** The schedule of the sweep, and a little. */
const SWEEP_MS = 310_000;
const EXECUTION_MS = 900_000;
/** From this sweep on, an execution that was confirmed and hangs is overdue. */
const FIRST_TO_BE_QUIET = 4;

/** Lets the sweep come as often as it takes, and the archiver then, without faults and events, and looks at what is left. */
async function finish(world: World): Promise<void> {
  world.isQuiet = true;
  world.endedAt = clock.now;
  world.events.length = 0;
  world.happenings.length = 0;
  Object.assign(world.left, { faults: 0, opens: 0, torn: 0, lags: 0, stales: 0 });
  world.say(() => '--- the schedule is over; sweeps follow');
  let quiet = 0;
  for (let sweep = 1; sweep <= SWEEPS && quiet < 2; sweep += 1) {
    if (!isAnythingLeft(world)) break;
    world.pass(SWEEP_MS);
    const running = endOverdue(world);
    let repaired: unknown;
    world.invoke(`final${sweep}`, 'reconcile-executions', {}).then(
      (answer) => {
        repaired = field(answer, 'repaired');
      },
      (thrown: unknown) => world.breaks('sweep-fails', String(thrown)),
    );
    await play(world, first);
    quiet = sweep >= FIRST_TO_BE_QUIET && repaired === 0 && !running ? quiet + 1 : 0;
  }
  if (quiet < 2 && isAnythingLeft(world)) world.breaks('never-quiet', 'the sweep finds work for ever');
  if (leftOfGoals(world).length > 0) {
    world.invoke('finalList', 'goals', LIST);
    await play(world, first);
  }
  world.invoke('finalArchive', 'archive-executions', {}).catch((thrown: unknown) => {
    world.breaks('archiver-fails', String(thrown));
  });
  await play(world, first);
  checkEnd(world);
}

/** Whether a sweep could find anything, or anybody is still at work. */
const isAnythingLeft = ({ db, stepFunctions, actors }: World) =>
  db.index().some((row) => isIn(RUNNING, row)) ||
  [...stepFunctions.executions.values()].some(({ status }) => status === 'RUNNING') ||
  actors.some(({ calls }) => calls.length > 0);

/** Step Functions ends an execution after its time. @returns whether others still run */
function endOverdue(world: World): boolean {
  let isOneRunning = false;
  for (const execution of world.stepFunctions.executions.values()) {
    if (execution.status !== 'RUNNING') continue;
    const isAtWork = world.actors.some(({ executionArn, state }) => executionArn === execution.arn && state === 'live');
    if (clock.now - execution.startedAt > EXECUTION_MS && !isAtWork) world.stepFunctions.end(execution, 'TIMED_OUT');
    else isOneRunning = true;
  }
  return isOneRunning;
}
