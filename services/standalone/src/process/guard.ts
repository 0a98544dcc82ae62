// The guard: a small process in a session of its own that holds one end of a pipe to the supervisor. While that lives it is
// told who the children are; when the pipe closes, however that came, it ends them in order. Imports next to nothing.
import { createInterface } from 'node:readline';

import type { ChildRecord } from './child-record.js';
import { stopInOrder } from './stop-child.js';

/** One line of the pipe. */
export type GuardMessage =
  | { readonly children: readonly ChildRecord[] }
  /** The supervisor has ended everything itself. */
  | { readonly done: true };

for (const name of ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGQUIT'] as const) {
  // What ends the supervisor's session must not end the one that tidies up after it.
  process.on(name, () => undefined);
}

let children: readonly ChildRecord[] = [];

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as GuardMessage;
  if ('done' in message) process.exit(0);
  children = message.children;
}

console.log(`${new Date().toISOString()} the supervisor is gone; ending ${children.length} children`);
await stopInOrder(children, {
  onStopped: (child, outcome) =>
    console.log(`${new Date().toISOString()} ${child.name} (process ${child.identity.pid}) ${outcome}`),
});
