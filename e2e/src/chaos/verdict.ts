/** One invocation as Muster tells it. */
export interface Told {
  readonly node: string;
  readonly status: string;
  readonly details: string;
  readonly output: string;
  readonly explanation: string;
}

/** What the node's script really did. */
export interface Done {
  readonly started: number;
  readonly ended: number;
}

/**
 * Whether what is told of an invocation is what happened.
 * @returns what is wrong, in words, or nothing
 */
export function falsehood(run: number, told: Told, done: Done, agentWasKilled: boolean): string | undefined {
  const who = `run ${run} on ${told.node}: told ${told.status} (${told.details})`;
  if (done.started > 1) return `${who}; the script started ${done.started} times`;

  switch (told.status) {
    case 'Success':
      if (done.started !== 1 || done.ended !== 1)
        return `${who}; the script started ${done.started} times and ended ${done.ended} times`;
      if (told.output !== `run ${run} on ${told.node}\n`)
        return `${who}; its output reads ${JSON.stringify(told.output)}`;
      return undefined;
    case 'Failed':
      if (done.started !== 0) return `${who}; the script did run (${told.explanation})`;
      if (!agentWasKilled) return `${who} (${told.explanation}); its agent was never killed`;
      if (!/not (been )?started|did not (start|run)/i.test(told.explanation))
        return `${who}; nothing says that it was not started: ${told.explanation}`;
      return undefined;
    default:
      return `${who}; that is no end of such a run (${told.explanation})`;
  }
}
