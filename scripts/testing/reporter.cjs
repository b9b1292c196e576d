// mocha's `spec` reporter that also writes the counts and the failures to a file, for the summary at the end of `make test`.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    // A hook that fails is reported here, too; `test.parent` is the describe block.
    runner.on('fail', (test, error) => {
      failures.push({
        file: test.file ?? '',
        block: test.parent?.fullTitle() ?? '',
        title: test.title,
        message: String(error?.message ?? error),
      });
    });
    runner.once('end', () => {
      const { passes: passed } = this.stats;
      writeFileSync(options.reporterOptions.results, JSON.stringify({ passed, failures }));
    });
  }
};
