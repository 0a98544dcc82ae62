import { ServerSentEvents } from './server-sent-events.js';

describe('server-sent events', () => {
  it('are found wherever what arrives is cut', () => {
    const text = 'id: 1\nevent: Change\ndata: {"a":1}\n\n: heartbeat\n\nevent: End\ndata: {"b":2}\n\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const events = new ServerSentEvents();
      expect([...events.take(text.slice(0, cut)), ...events.take(text.slice(cut))]).toEqual(['{"a":1}', '{"b":2}']);
    }
  });
});
