/** Which states may follow which. A state without an entry is final. */
export interface StateMachine<S extends string> {
  readonly states: readonly S[];
  mayMove(from: S, to: S): boolean;
  isFinal(state: S): boolean;
}

/**
 * A state machine from its table.
 * @throws when a state cannot reach an end: such a thing would stay open for ever
 */
export function stateMachine<S extends string>(table: Partial<Record<S, readonly S[]>>): StateMachine<S> {
  const entries = Object.entries(table) as [S, readonly S[]][];
  const states = [...new Set(entries.flatMap(([from, to]) => [from, ...to]))];
  const next = new Map<S, readonly S[]>(entries);
  const endless = states.filter((state) => !reachesEnd(state, next));
  if (endless.length > 0) throw new Error(`no way to an end from ${endless.join(', ')}`);
  return {
    states,
    mayMove: (from, to) => next.get(from)?.includes(to) ?? false,
    isFinal: (state) => !next.has(state),
  };
}

function reachesEnd<S>(state: S, next: ReadonlyMap<S, readonly S[]>, seen = new Set<S>()): boolean {
  const following = next.get(state);
  if (!following) return true;
  if (seen.has(state)) return false;
  seen.add(state);
  return following.some((each) => reachesEnd(each, next, seen));
}
