// The raw limit of HTTP: Fastify, a body in whole, one answer.
import type { AddressInfo } from 'node:net';

import { fastify } from 'fastify';

process.once('message', ({ answer }: { answer: string }) => {
  const server = fastify();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.post('/', (_request, reply) => reply.type('application/x-amz-json-1.1').send(answer));
  void server
    .listen({ host: '127.0.0.1', port: 0 })
    .then(() => process.send!({ port: (server.server.address() as AddressInfo).port }));
});
