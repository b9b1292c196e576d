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

  const elsewhere = { platform: 'plan9', architecture: 'mips' };

  it('finds it on the PATH where there is no package, past folders that do not hold it', () => {
    const PATH = `/nowhere::${tmpdir()}:${folder}`;
    expect(findBinary({ environment: { PATH }, ...elsewhere })).to.equal(program);
  });

  it('takes DYNOXIDE_BINARY before all else', () => {
    expect(findBinary({ environment: { DYNOXIDE_BINARY: program } })).to.equal(program);
  });

  for (const wrong of ['gone', 'text', '.']) {
    it(`says that DYNOXIDE_BINARY is no program when it is ${wrong}`, () => {
      const path = join(folder, wrong);
      expect(() => findBinary({ environment: { DYNOXIDE_BINARY: path, PATH: folder } }))
        .to.throw(DynoxideMissing, `DYNOXIDE_BINARY is ${path}, which is no program`)
        .with.property('code', 'dynoxide_missing');
    });
  }

  it('says what was looked for and how to get it when there is none', () => {
    expect(() => findBinary({ environment: { PATH: '/nowhere', DYNOXIDE_BINARY: '' }, ...elsewhere }))
      .to.throw(DynoxideMissing, /plan9-mips.*npm ci.*PATH.*DYNOXIDE_BINARY/)
      .with.property('code', 'dynoxide_missing');
  });
});
