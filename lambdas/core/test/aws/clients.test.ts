import { expect } from 'chai';
import { onFirstCall } from '../../src/aws/clients.ts';

describe('onFirstCall', () => {
  it('makes a client with its first call, and one for all calls', () => {
    let made = 0;
    const client = onFirstCall(() => {
      made += 1;
      return { send: (call: string) => `${call} of client ${made}` };
    });
    expect(made).to.equal(0);
    expect([client.send('a'), client.send('b')]).to.deep.equal(['a of client 1', 'b of client 1']);
  });
});
