export { Agents } from './chaos/agents.js';
export { adminKey, clientFor } from './client.js';
export { freePort, root, Stack, type Ready, type StackOptions } from './stack.js';
