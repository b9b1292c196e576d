import { expect } from 'chai';
import { parse } from 'yaml';
import { read } from '../documents.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly if?: string;
  readonly permissions: object;
  readonly steps: readonly Step[];
}

const workflow: { readonly on: object; readonly jobs: Readonly<Record<string, Job>> } = parse(
  read('.github/workflows/check.yml'),
);
const stepsOf = (job: string) => workflow.jobs[job]?.steps ?? [];

/** What each job is for. */
const COMMANDS = {
  check: ['bash .ci/run'],
  conformance: ['make conformance'],
  infrastructure: ['make validate', 'make policy-scan'],
  cdktn: ['make compare-cdktn'],
  packages: ['make sbom', 'make audit'],
};
describe('workflow of the checks', () => {
  it('runs for pull requests, for what is merged and before a deploy', () => {
    expect(Object.keys(workflow.on)).to.have.members(['push', 'pull_request', 'workflow_call']);
  });

  it('has a job for each check, so that one that fails leaves the others to be seen', () => {
    const commands = Object.keys(workflow.jobs).map((job) => [job, stepsOf(job).flatMap(({ run }) => run ?? [])]);
    expect(Object.fromEntries(commands)).to.deep.equal(COMMANDS);
  });

  it('runs commands that make has', () => {
    const targets = new Set([...read('Makefile').matchAll(/^([a-z-]+):.*## /gm)].map(([, target]) => target));
    const run = Object.values(COMMANDS).flatMap((commands) =>
      commands.flatMap((each) => /^make (.*)/.exec(each)?.[1] ?? []),
    );
    expect(run.filter((target) => !targets.has(target))).to.deep.equal([]);
  });

  it('holds back no deploy of a tag for what somebody else published', () => {
    expect(workflow.jobs.cdktn?.if).to.equal("github.ref_type != 'tag'");
    expect(stepsOf('packages').find(({ run }) => run === 'make audit')?.if).to.equal("github.ref_type != 'tag'");
  });

  it('needs no secret, and may write nothing', () => {
    expect(read('.github/workflows/check.yml')).to.not.match(/\{\{ *secrets|id-token|role-to-assume/);
    for (const [name, { permissions }] of Object.entries(workflow.jobs))
      expect(permissions, name).to.deep.equal({ contents: 'read' });
  });

  it('keeps the list of packages that it wrote', () => {
    const [, file] = /> (\S+)$/m.exec(read('Makefile').split('\nsbom:')[1] ?? '') ?? [];
    expect(file).to.be.a('string');
    const upload = stepsOf('packages').find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(upload?.with).to.include({ path: file, 'if-no-files-found': 'error' });
  });
});
