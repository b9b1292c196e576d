import { expect } from 'chai';
import { NEWS } from '../../../lambdas/core/src/report/notification.ts';
import settings from '../../../modules/settings.json' with { type: 'json' };
import { stageSchema } from '../../../modules/settings-schema.ts';
import { anchorsIn, read, rowsIn } from '../../documents.ts';
import { dev, full, prod, resourcesOf } from '../synthesized.ts';

const text = read('docs/operations.md');

/** What is below a heading, up to the next one of its level or above. */
function sectionOf(heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const found = text.split(new RegExp(`^${heading}$`, 'm'))[1];
  if (found === undefined) throw new Error(`no ${heading}`);
  return found.split(new RegExp(`^#{1,${level}} `, 'm'))[0] ?? '';
}

const alarms = Object.values(resourcesOf(prod, 'aws_cloudwatch_metric_alarm'));

describe('runbooks', () => {
  it('are there for every alarm, and for no alarm that there is not', () => {
    const linked = alarms.map(({ alarm_description }) => String(alarm_description).split('#')[1]);
    expect(anchorsIn(sectionOf('## Alarms'), '###')).to.have.members([...new Set(linked)]);
  });

  it('are there for every kind of message about an execution, and for no other', () => {
    expect(anchorsIn(sectionOf('## Notifications'), '###')).to.have.members(NEWS.map(({ anchor }) => anchor));
  });

  for (const anchor of anchorsIn(sectionOf('## Alarms'), '###')) {
    it(`of ${anchor} say what to look at first, what to do, and the priority that the alarm has`, () => {
      const section = sectionOf(`### Alarm: ${anchor.replace('alarm-', '')}`);
      expect(section).to.match(/^(1\. \*\*Look at\*\*|- \*\*status-events\*\*)/m);
      const alarm = alarms.find(({ alarm_description }) => String(alarm_description).endsWith(`#${anchor}`));
      const priority = /^(HIGH|MEDIUM|LOW) PRIORITY/.exec(String(alarm?.alarm_description))?.[1];
      expect(section.trim().split(/[.,]/)[0]).to.equal(priority);
    });
  }

  it('name the saved queries and the dead-letter queues that there are', () => {
    const saved = Object.values(resourcesOf(prod, 'aws_cloudwatch_query_definition')).map(({ name }) =>
      String(name).replace('goal-activity-prod/', ''),
    );
    for (const query of saved) expect(text).to.include(`\`${query}\``);
    const named = [...text.matchAll(/`([a-z]+(?:-[a-z]+){2,3})`/g)].map(([, name = '']) => name);
    expect(named.filter((name) => /-(by|of|calls)(-|$)/.test(name) && !saved.includes(name))).to.deep.equal([]);
    const section = sectionOf('### Alarm: dead-letters-not-empty');
    for (const { name } of Object.values(resourcesOf(prod, 'aws_sqs_queue'))) expect(section).to.include(`\`${name}\``);
  });
});

describe('settings in the operations manual', () => {
  it('are all that there are, and no others', () => {
    const section = sectionOf('## Before the first deploy').split('### Bootstrap')[0] ?? '';
    const named = rowsIn(section)
      .slice(1)
      .flatMap(([names = '']) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named).to.have.members(Object.keys(stageSchema.properties));
  });

  it('have the values that the limits speak of', () => {
    expect(text).to.include(`dev ${settings.dev.concurrentRuns}, prod ${settings.prod.concurrentRuns}`);
    expect(text).to.include(`prod's ${settings.prod.apiRateLimit} a second`);
  });

  it('are spoken of with outputs that there are', () => {
    const used = [...text.matchAll(/output -raw (\w+)/g)].map(([, name = '']) => name);
    expect(used).to.not.deep.equal([]);
    for (const name of used)
      for (const synthesized of [dev, prod, full]) expect(synthesized.output).to.have.property(name);
  });
});

describe('costs in the operations manual', () => {
  const execution = rowsIn(sectionOf('## What an execution costs').split('### A month')[0] ?? '').slice(1);
  const [idle = '', used = ''] = sectionOf('### A month').split('With executions');
  const month = rowsIn(idle).slice(1);

  /** The last row, after checking each row above and their sum. */
  function totalOf(rows: readonly (readonly string[])[], digits: number): number {
    let sum = 0;
    for (const [what = '', ...numbers] of rows.slice(0, -1)) {
      const [amount = 0, price = 0, unit = 1, usd = 0] = numbers.map(Number);
      expect(usd.toFixed(digits), what).to.equal(((amount * price) / unit).toFixed(digits));
      sum += usd;
    }
    const total = Number(rows.at(-1)?.at(-1));
    expect(total).to.be.closeTo(sum, 10 ** -digits / 2);
    return total;
  }

  it('of an execution and of a month are multiplied and added up, at three sizes', () => {
    const [perExecution, base] = [totalOf(execution, 5), totalOf(month, 2)];
    const sizes = rowsIn(used).slice(1);
    expect(sizes).to.have.length(3);
    for (const [executions, usd] of sizes) {
      expect(Number(usd)).to.be.closeTo(base + Number(executions) * perExecution, 0.01);
    }
  });

  it('use the token prices of the settings, and count what the stack has', () => {
    const cell = (rows: readonly (readonly string[])[], start: string, column: number) =>
      Number(rows.find(([what = '']) => what.startsWith(start))?.[column]);
    expect(cell(execution, 'AI: input', 2)).to.equal(settings.prod.usdPerMillionInputTokens);
    expect(cell(execution, 'AI: output', 2)).to.equal(settings.prod.usdPerMillionOutputTokens);
    const watched = alarms.flatMap(({ metric_query: queries = [{ metric: 'its own' }] }) =>
      Object.values(Object(queries)).filter((query) => 'metric' in Object(query)),
    );
    // A Lambda more or less, with its two alarms, makes no other month.
    expect(watched.length).to.be.closeTo(cell(month, 'CloudWatch: metrics watched', 1), 4);
  });
});
