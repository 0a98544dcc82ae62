import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ChildRecord, StopPlan } from './child-record.js';
import { identify, isRunning } from './process-identity.js';
import { allPids, argvOf } from './process-table.js';
import { endKin, stopInOrder } from './stop-child.js';

/** A kind of child, recognised by its command line: for the moment between its start and the journal's line. */
export interface KindOfChild {
  readonly name: string;
  /** Whether this command line is one that only a supervisor of this data folder starts. */
  readonly recognise: (argv: readonly string[]) => boolean;
  readonly stop: StopPlan;
}

/**
 * Ends what a killed supervisor left: children that its journal names and that still are those very processes, and others
 * whose command line proves that they work on this data folder. Where its guard still runs, that is waited for: it is
 * doing the same.
 */
export async function endLeftOvers(
  journaled: readonly ChildRecord[],
  kinds: readonly KindOfChild[],
  say: (line: string) => void,
  guardPatienceMs = 45_000,
): Promise<void> {
  const guard = journaled.find((child) => child.name === 'guard');
  if (guard && isRunning(guard.identity)) {
    say(`the guard of the run before (process ${guard.identity.pid}) is still ending its children; waiting for it`);
    const deadline = performance.now() + guardPatienceMs;
    while (isRunning(guard.identity) && performance.now() < deadline) await sleep(20);
  }

  const running = journaled.filter((child) => isRunning(child.identity));
  const known = new Set(running.map((child) => child.identity.pid));
  const leftOvers = [...running, ...findByCommandLine(kinds).filter((child) => !known.has(child.identity.pid))];
  if (leftOvers.length > 0) {
    say(
      `ending what the run before left: ${leftOvers.map((child) => `${child.name} (${child.identity.pid})`).join(', ')}`,
    );
    await stopInOrder(leftOvers);
  }
  // The head of a family may be gone and its folder still in use.
  for (const child of journaled) if (child.stop.alsoWorkingIn) await endKin(child, 5_000);
}

function findByCommandLine(kinds: readonly KindOfChild[]): ChildRecord[] {
  return allPids().flatMap((pid) => {
    if (pid === process.pid) return [];
    const argv = argvOf(pid);
    const kind = argv.length > 0 ? kinds.find(({ recognise }) => recognise(argv)) : undefined;
    const identity = kind && identify(pid);
    return identity ? [{ name: kind.name, identity, stop: kind.stop }] : [];
  });
}

/** A command line `node <script> … <argument> …`, or `<program> … <argument> …`, with exactly that argument. */
export function runs(program: string, argument: string): KindOfChild['recognise'] {
  return (argv) => {
    const isScript = path.basename(argv[0] ?? '').startsWith('node') && argv[1] === program;
    const isProgram = path.basename(argv[0] ?? '') === program;
    return (isScript || isProgram) && argv.includes(argument, 1);
  };
}
