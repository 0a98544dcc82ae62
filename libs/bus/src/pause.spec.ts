import { getEventListeners } from 'node:events';

import { pause } from './pause.js';

describe('a pause', () => {
  it.each([0, 1])('ends when signal %i of several is aborted', async (which) => {
    const controllers = [new AbortController(), new AbortController()];
    const paused = pause(60_000, ...controllers.map((each) => each.signal));
    controllers[which]!.abort();
    await paused;
    for (const { signal } of controllers) expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('leaves nothing at the signals when its time is over', async () => {
    const { signal } = new AbortController();
    await pause(1, signal, new AbortController().signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not begin when one is aborted already', async () => {
    await pause(60_000, new AbortController().signal, AbortSignal.abort());
  });
});
