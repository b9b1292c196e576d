import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { openLogFile } from '../../local/log-file.ts';
import { useDataDir } from '../support/data-dir.ts';

describe('the log file of the stack', () => {
  const folder = useDataDir();

  it('holds no control character, and shows none in the terminal, whoever wrote the line', () => {
    const shown: string[] = [];
    const stderr = sinon.stub(process.stderr, 'write').callsFake((text) => shown.push(String(text)) > 0);
    const log = openLogFile(join(folder(), 'controls.log'), false);
    try {
      log.write('goals', 'Error: \u001b[2J\u009b2J\u2028\u007f');
      log.write('goals', '{"level":"error","userId":"\u009b2J\u0085"}');
    } finally {
      stderr.restore();
      log.close();
    }
    const lines = readFileSync(log.path, 'utf8').split('\n');
    for (const line of [...lines, ...shown.map((each) => each.slice(0, -1))]) {
      expect(line).to.not.match(/[\p{Cc}\u2028\u2029]/u);
    }
    expect(shown).to.have.length(2);
    const [first = '', second = ''] = lines;
    expect(JSON.parse(first)).to.deep.equal({ source: 'goals', line: 'Error: \u001b[2J\u009b2J\u2028\u007f' });
    expect(JSON.parse(second)).to.deep.equal({ level: 'error', userId: '\u009b2J\u0085' });
  });
});
