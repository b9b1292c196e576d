// winston's handlers of uncaught errors: Lambda's runtime logs those, and each logger makes two of these.
module.exports = class {
  handle() {
    throw new Error('handlers of uncaught errors are not in the bundles: see scripts/build/replacements.ts');
  }

  unhandle() {}
};
