import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DynoxideMissing, findBinary } from '../../../local/aws/dynamodb/binary.ts';

describe('findBinary', () => {
  let folder = '';
  let program = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'goal-activity-binary-'));
    program = join(folder, 'dynoxide');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    writeFileSync(join(folder, 'text'), 'no program');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('takes DYNOXIDE_BINARY before all else, and the PATH where there is no package', () => {
    expect(findBinary({ DYNOXIDE_BINARY: program })).to.equal(program);
    expect(findBinary({ PATH: `/nowhere::${tmpdir()}:${folder}` }, 'plan9-mips')).to.equal(program);
  });

  it('says what is wrong and how to get it when there is none', () => {
    for (const wrong of ['gone', 'text', '.']) {
      const DYNOXIDE_BINARY = join(folder, wrong);
      expect(() => findBinary({ DYNOXIDE_BINARY, PATH: folder })).to.throw(DynoxideMissing, 'is no program');
    }
    expect(() => findBinary({ PATH: '/nowhere', DYNOXIDE_BINARY: '' }, 'plan9-mips'))
      .to.throw(DynoxideMissing, /plan9-mips.*npm ci.*PATH.*DYNOXIDE_BINARY/)
      .with.property('code', 'dynoxide_missing');
  });
});
