import process from 'node:process';

/** The Lambda whose sources are changed: scripts/mutation/mutation.ts runs one after the other. */
const { LAMBDA = 'core' } = process.env;
// Workers inherit this, so that mutants are also seen where a test runs a handler in a thread of its own.
const hooks = ['--import', './scripts/mutation/threads.ts'];
/** A Lambda is tested by its own tests, and by that of all handlers; starts and histories are core's, but tested where they are used. */
const tested = LAMBDA === 'core' ? ['core', 'start-workflow', 'get-history'] : [LAMBDA];

/** Mutation testing of a Lambda by its unit tests: `make mutation`. */
export default {
  mutate: [
    `lambdas/${LAMBDA}/src/**/*.ts`,
    // The build compiles these constants to validators: a mutant here would not reach the tests.
    '!**/schema.ts',
    '!lambdas/core/src/schema/**',
    '!**/*.generated.*',
    '!**/*.d.ts',
  ],
  testRunner: 'mocha',
  plugins: ['@stryker-mutator/mocha-runner'],
  mochaOptions: {
    'no-config': true,
    spec: [...tested.map((name) => `lambdas/${name}/test/**/*.test.ts`), 'lambdas/core/test/handlers.test.ts'],
  },
  coverageAnalysis: 'perTest',
  testRunnerNodeArgs: hooks,
  checkerNodeArgs: hooks,
  // A link of the whole node_modules would lead `@goal-activity/*` to the sources outside of the sandbox.
  symlinkNodeModules: false,
  buildCommand: 'node scripts/mutation/links.ts',
  // Not there: Stryker would rewrite a tsconfig.json by an interface that TypeScript 7 no longer has.
  tsconfigFile: 'none',
  ignorePatterns: ['coverage', 'cdktf.out', 'dist', 'web/*', '!web/scripts', 'docs', 'test/browser', '.local', '.venv'],
  tempDirName: '.stryker-tmp',
  concurrency: 2,
  // Far more than any test takes on a busy machine: what is killed by it does not end at all.
  timeoutMS: 20_000,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `coverage/mutation/${LAMBDA}.json` },
  thresholds: { high: 90, low: 80, break: 80 },
};
