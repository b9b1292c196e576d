import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import { requestSchema } from '../lambdas/cancel-workflow/src/schema.ts';
import { assertCreatable } from '../lambdas/goals/src/goals.ts';
import {
  addTaskSchema,
  changeActionSchema,
  changeGoalSchema,
  changeTaskSchema,
  createGoalSchema,
} from '../lambdas/goals/src/schema.ts';
import { listWorkflowsSchema } from '../lambdas/list-workflows/src/schema.ts';
import { createContract } from './contract.ts';

const contract = createContract(join(import.meta.dirname, '..', 'docs', 'openapi.yaml'));
const ajv = new Ajv({ allowUnionTypes: true });

/** Texts around every limit: empty, spaces, invisible, too long, two-column and four-byte characters, control characters. */
const text = (maxLength: number) =>
  fc.oneof(
    fc.constantFrom('', ' ', '\u3000', 'a\nb', 'a\tb', '\u0000', '\u202eabc', '\ud800', 'あ', ' a '),
    fc.constantFrom('a\u2028b', 'a\u2029', 'a\u0085b', '\u200b', '\u3164', '\u2800', '\u200ba', 'a\ufffd', '👩‍👩‍👧'),
    fc
      .constantFrom(maxLength, maxLength + 1)
      .chain((length) => fc.constantFrom('x'.repeat(length), '𠮷'.repeat(length))),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
  );
const deadline = fc.oneof(
  fc.constantFrom('2027-02-28', '2027-02-29', '2028-02-29', '2027-13-01', '2027-04-31', '2027-1-1', '0000-00-00', ''),
  fc.constantFrom('2027-01-01T00:00:00.000Z', '10000-01-01', '2027-01-00', '20270101'),
  fc
    .date({ min: new Date('1970-01-01'), max: new Date('2400-01-01'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
);
/** A value that is right, mostly; else one near a limit, or of a wrong type. So about half of the bodies are right as a whole. */
const mostly = <T>(right: T, near: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(right) },
    { weight: 3, arbitrary: near },
    { weight: 1, arbitrary: fc.constantFrom(null, 1, true, [], {}) },
  );

const action = fc.record(
  {
    title: mostly('Run', text(200)),
    type: mostly('habit', fc.constantFrom('execution', 'wish')),
    description: mostly('Slowly.', text(2000)),
    subGoal: mostly('Base', text(200)),
  },
  { requiredKeys: ['title', 'type'] },
);
const soundAction = { title: 'Run', type: 'habit' };
const actions = fc.oneof(
  fc.array(mostly(soundAction, action), { maxLength: 3 }),
  fc.constantFrom(0, 1, 64, 65).map((length) => Array.from({ length }, () => soundAction)),
);
const goal = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      {
        title: mostly('A goal', text(200)),
        actions: mostly([soundAction], actions),
        description: mostly('', text(2000)),
        deadline: mostly(null, deadline),
      },
      { requiredKeys: ['title', 'actions'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom({}, { title: 'A goal' }, { title: 'A goal', actions: [], owner: 'me' }, null),
  },
);

const changes = fc.oneof(
  fc.record({ title: mostly('Run', text(200)), description: mostly('', text(2000)) }, { requiredKeys: [] }),
  fc.constantFrom(null, 'text', [], { title: 'Run', type: 'habit' }, { subGoal: 'Base' }),
);
const listed = fc.record(
  {
    title: mostly('Run', text(200)),
    type: mostly('habit', fc.constantFrom('execution', 'wish')),
    description: mostly('Slowly.', text(2000)),
    subGoal: fc.oneof(mostly('Base', text(200)), fc.constant(null)),
    actionId: mostly('a', fc.constantFrom('', 'x'.repeat(200), 'x'.repeat(201))),
  },
  { requiredKeys: ['title', 'type'] },
);
const goalChanges = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      {
        version: mostly(1, fc.constantFrom(0, 1.5, 2 ** 60)),
        title: mostly('A goal', text(200)),
        description: mostly('', text(2000)),
        deadline: mostly(null, deadline),
        actions: mostly([soundAction], fc.oneof(fc.array(listed, { maxLength: 3 }), actions)),
      },
      { requiredKeys: ['version'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(null, [], {}, { version: 1 }, { title: 'x' }, { version: 1, owner: 'me' }),
  },
);
const minutes = fc.constantFrom(0, 1, 1440, 1441, 1.5, '5');
const taskFields = {
  title: mostly('Run', text(200)),
  description: mostly('', text(2000)),
  type: mostly('habit', fc.constantFrom('execution', 'wish')),
  estimatedMinutes: mostly(15, minutes),
};
const newTask = fc.record(
  { ...taskFields, actionId: mostly('a', fc.constantFrom('', 'x'.repeat(200), 'x'.repeat(201))) },
  { requiredKeys: ['actionId', 'title', 'type', 'estimatedMinutes'] },
);
const taskChanges = fc.oneof(
  fc.record(
    {
      ...taskFields,
      version: mostly(1, fc.constantFrom(0, 1.5, 2 ** 60)),
      status: mostly('done', fc.constantFrom('not_started', 'gone')),
    },
    { requiredKeys: ['version'] },
  ),
  fc.constantFrom<unknown>(null, [], {}, { version: 1 }, { status: 'done' }, { version: 1, actionId: 'a' }),
);
const time = fc.constantFrom('T09:30:00Z', 'T09:30:00', 'T24:00:00Z', 'T23:59:60Z', 'T09:30:00.123456789+09:00', 'Z');
const dayOrTime = fc.oneof(
  deadline,
  fc.tuple(deadline, time).map(([day, at]) => `${day}${at}`),
);
const cancellation = fc.oneof(
  fc.record({ reason: mostly('Too early.', text(500)) }, { requiredKeys: [] }),
  fc.constantFrom(null, 'text', [], { because: 'x' }),
);

const isCreateGoal = ajv.compile(createGoalSchema);
const isChangeGoal = ajv.compile(changeGoalSchema);
const isQuery = ajv.compile(listWorkflowsSchema);

describe('contract and Lambdas agree', () => {
  for (const [what, schema, values, takes] of [
    ['which goals can be created', 'NewGoal', goal, (body: unknown) => isCreateGoal(body) && isCreatable(body)],
    ['which changes of an action can be asked for', 'ActionChanges', changes, ajv.compile(changeActionSchema)],
    [
      'which changes of a goal can be asked for',
      'GoalChanges',
      goalChanges,
      (body: unknown) => isChangeGoal(body) && isCreatable(body),
    ],
    ['which tasks can be added', 'NewTask', newTask, ajv.compile(addTaskSchema)],
    ['which changes of a task can be asked for', 'TaskChanges', taskChanges, ajv.compile(changeTaskSchema)],
    ['what a day or time is', 'DayOrTime', dayOrTime, (from: unknown) => isQuery({ from })],
    ['which cancellations can be asked for', 'Cancellation', cancellation, ajv.compile(requestSchema)],
  ] as const) {
    it(`on ${what}`, () => {
      const taken = { yes: 0, no: 0 };
      fc.assert(
        fc.property<[unknown]>(values, (value) => {
          const documented = contract.schemaErrors(['components', 'schemas', schema], value).length === 0;
          expect(takes(value)).to.equal(documented);
          taken[documented ? 'yes' : 'no'] += 1;
        }),
        { numRuns: schema === 'NewGoal' ? 1000 : 500 },
      );
      expect(taken.yes, 'values that are taken').to.be.above(50);
      expect(taken.no, 'values that are refused').to.be.above(50);
    });
  }
});

function isCreatable(body: unknown): boolean {
  try {
    assertCreatable(body);
    return true;
  } catch {
    return false;
  }
}
