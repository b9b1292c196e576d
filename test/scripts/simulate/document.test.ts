import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { renderChart } from '../../../scripts/simulate/chart.ts';
import { forecast } from '../../../scripts/simulate/forecast.ts';
import { readDefinition } from '../../../scripts/simulate/model/execution.ts';
import { readOptions } from '../../../scripts/simulate/options.ts';
import { type Quota, quotasOf } from '../../../scripts/simulate/quotas.ts';
import { scaleTables } from '../../../scripts/simulate/scale.ts';
import { AI } from '../../../scripts/simulate/workload.ts';
import { ROOT, read, rowsIn } from '../../documents.ts';
import { updateDocument } from '../../performance/bench/table.ts';

/** UPDATE=1 simulates every row, which takes seconds, and writes them; otherwise a row of each kind is compared. */
const isUpdate = process.env.UPDATE === '1';
const SAMPLE = { volumes: [1e5], overloads: [3] };

describe('docs/scale.md', () => {
  const definition = readDefinition();

  it('has the tables that the simulation makes', () => {
    const tables = Object.entries(scaleTables(definition, isUpdate ? undefined : SAMPLE));
    if (isUpdate) for (const [name, table] of tables) updateDocument(join(ROOT, 'docs/scale.md'), name, table);
    const rows = new Set(rowsIn(read('docs/scale.md')).map((row) => row.join('|')));
    for (const [name, table] of tables) {
      const missing = rowsIn(table).filter((row) => !rows.has(row.join('|')));
      expect(missing, `${name}: UPDATE=1 mocha test/scripts/simulate/document.test.ts`).to.deep.equal([]);
    }
  });

  it('shows the chart that the simulation makes', () => {
    const file = join(ROOT, 'docs/scale.svg');
    const chart = renderChart(forecast(readOptions({}), definition, () => undefined));
    if (isUpdate) writeFileSync(file, chart);
    expect(readFileSync(file, 'utf8')).to.equal(chart);
  });

  it('begins with the quotas that the operations manual has', () => {
    const operations = read('docs/operations.md');
    const quotas = quotasOf('ap-northeast-1');
    const asWritten = ({ value, burst }: Quota) =>
      `${value.toLocaleString('en')} a second, ${burst?.toLocaleString('en')} at once`;
    for (const row of [
      `state transitions            | ${asWritten(quotas.transitions)} `,
      `StartExecution               | ${asWritten(quotas.startExecution)} `,
      `concurrent executions of the account | ${quotas.lambdaConcurrency.value.toLocaleString('en')} `,
      `a table                  | ${quotas.tableWrites.value.toLocaleString('en')} read and write units a second`,
      `${quotas.partitionWrites.value.toLocaleString('en')} write, ${quotas.partitionReads.value.toLocaleString('en')} read units a second`,
      `PutMetricData                    | ${quotas.putMetricData.value} a second`,
    ])
      expect(operations).to.contain(row);
    expect(operations).to.contain(`Defaults in ap-northeast-1 as of ${quotas.transitions.date}`);
  });

  it('assumes of the AI what the cost of an execution assumes', () => {
    const operations = read('docs/operations.md');
    expect(operations).to.contain(`64 calls of ${AI.inputTokens})`).and.to.contain(`64 calls of ${AI.outputTokens})`);
    expect(operations).to.contain(`64 × 0.5 GB × ${AI.seconds} s`);
  });
});
