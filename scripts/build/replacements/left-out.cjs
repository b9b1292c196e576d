// Ways of winston that the logger does not take (lambdas/core/src/log): its own JSON format, the end of its stream, timers,
// transports of winston 2.
module.exports = function leftOut() {
  throw new Error('this part of winston is not in the bundles: see scripts/build/replacements.ts');
};
