/** Stands for MiniStack: a server that is healthy, tells what it was given, and has a child, as MiniStack has functions. See emulator.test.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { freePort } from '../../support/free-port.ts';

const port = await freePort();
const LISTEN = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('listens'))`;
const child = spawn(process.execPath, ['-e', LISTEN], { stdio: ['ignore', 'pipe', 'inherit'] });
await once(child.stdout, 'data');

createServer((request, response) => {
  if (request.url === '/end') {
    console.log('out of memory');
    process.exit(1);
  }
  response.end(JSON.stringify({ environment: process.env, childPort: Number(port) }));
}).listen(Number(process.env.GATEWAY_PORT), process.env.BIND_HOST);
