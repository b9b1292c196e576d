// As much of Lambda's runtime as a first invocation takes: loads the bundle by LAMBDA_TASK_ROOT and _HANDLER, as
// local/aws/lambda/worker.ts does, whose types Node would have to strip first, and prints what the handler made of an event
// that its validation refuses.
const { join } = require('node:path');

const { LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const [file, name] = _HANDLER.split('.');
const { [name]: handler } = require(join(LAMBDA_TASK_ROOT, file));

const print = (outcome) => console.log(`ANSWER ${JSON.stringify(outcome)}`);
handler('no event', { awsRequestId: 'first', getRemainingTimeInMillis: () => 20_000 }).then(print, (thrown) =>
  print({ name: thrown.name, message: thrown.message }),
);
