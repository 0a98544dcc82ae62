/** Nothing is imported from the agent: it is a program of its own, `bin/muster-agent.js`, on every node. */
export {};
