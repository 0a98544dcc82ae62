// The raw limit of the bus: a subject that answers at once.
import { connect } from '@nats-io/transport-node';

process.once('message', ({ natsPort, answer }: { natsPort: number; answer: string }) => {
  void connect({ servers: `127.0.0.1:${natsPort}`, noAsyncTraces: true }).then(async (nats) => {
    const bytes = Buffer.from(answer);
    nats.subscribe('bench', { queue: 'bench', callback: (_error, msg) => void msg.respond(bytes) });
    await nats.flush();
    process.send!({ port: natsPort });
  });
});
