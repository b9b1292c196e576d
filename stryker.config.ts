import process from 'node:process';

const { LAMBDA } = process.env;
// Workers inherit this, so that mutants are also seen where a test runs a handler in a thread of its own.
const hooks = ['--import', './scripts/mutation-threads.ts'];

/** Core is what the others share, so all their tests are tests of it; its own come first, since the first failure ends a run. */
const specs =
  LAMBDA === undefined || LAMBDA === 'core'
    ? ['lambdas/core/test/**/*.test.ts', 'lambdas/!(core)/test/**/*.test.ts']
    : [`lambdas/${LAMBDA}/test/**/*.test.ts`, 'lambdas/core/test/handlers.test.ts'];

/** Mutation testing of the Lambdas by their unit tests: `make mutation`. */
export default {
  mutate: [
    `lambdas/${LAMBDA ?? '*'}/src/**/*.ts`,
    // The build compiles these constants to validators: a mutant here would not reach the tests.
    '!**/schema.ts',
    '!**/*.generated.*',
    '!**/*.d.ts',
  ],
  testRunner: 'mocha',
  plugins: ['@stryker-mutator/mocha-runner'],
  mochaOptions: { 'no-config': true, spec: specs },
  coverageAnalysis: 'perTest',
  testRunnerNodeArgs: hooks,
  checkerNodeArgs: hooks,
  // A link of the whole node_modules would lead `@goal-activity/*` to the sources outside of the sandbox.
  symlinkNodeModules: false,
  buildCommand: 'node scripts/mutation-links.ts',
  // Not there: Stryker would rewrite a tsconfig.json by an interface that TypeScript 7 no longer has.
  tsconfigFile: 'none',
  ignorePatterns: ['coverage', 'cdktf.out', 'dist', 'web', 'docs', 'test/browser', '.local'],
  tempDirName: '.stryker-tmp',
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `coverage/mutation/${LAMBDA ?? 'report'}.json` },
  thresholds: { high: 90, low: 80, break: 80 },
};
