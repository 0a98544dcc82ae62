import { setTimeout as sleep } from 'node:timers/promises';

import type { ChildRecord } from './child-record.js';
import { type ProcessIdentity, identify, isRunning, isSame } from './process-identity.js';
import { membersOfGroup, processesWorkingIn } from './process-table.js';

const lookAgainMs = 15;
/** What belongs to a child and outlives it gets this long to notice. */
const kinGraceMs = 3_000;

/**
 * Ends a child, whoever started it: asks, waits until its deadline, kills. What is left of its process group, and what
 * works in its folder, ends with it. Returns when none of them runs any more.
 * @param hurry when aborted, nobody is waited for any longer
 * @returns whether it had to be killed
 */
export async function stopChild(child: ChildRecord, hurry?: AbortSignal): Promise<'ended' | 'killed'> {
  const { identity, stop } = child;
  signal(identity, stop.signal);
  const outcome = (await ended([identity], stop.graceMs, hurry)) ? 'ended' : 'killed';
  if (outcome === 'killed') signal(identity, 'SIGKILL');
  await endKin(child, outcome === 'killed' ? 500 : kinGraceMs, hurry);
  return outcome;
}

/** Waits until nothing of a child that has died runs any more, and kills what does not end by itself. */
export async function endKin(child: ChildRecord, graceMs: number, hurry?: AbortSignal): Promise<void> {
  if (await ended(kinOf(child), graceMs, hurry)) return;
  // Whoever is killed may leave a process that it had just made: look again, but not for ever at one that cannot die.
  for (let round = 0, left = kinOf(child); round < 5 && left.length > 0; round += 1, left = kinOf(child)) {
    for (const identity of left) signal(identity, 'SIGKILL');
    await ended(left, 1_000);
  }
}

/** Ends children rank by rank, those of one rank together. */
export async function stopInOrder(
  children: readonly ChildRecord[],
  how: { hurry?: AbortSignal; onStopped?: (child: ChildRecord, outcome: 'ended' | 'killed') => void } = {},
): Promise<void> {
  const ranks = [...new Set(children.map((child) => child.stop.rank))].sort((a, b) => a - b);
  for (const rank of ranks) {
    await Promise.all(
      children
        .filter((child) => child.stop.rank === rank)
        .map(async (child) => {
          const outcome = await stopChild(child, how.hurry);
          how.onStopped?.(child, outcome);
        }),
    );
  }
}

function kinOf({ identity, stop }: ChildRecord): ProcessIdentity[] {
  return [
    ...(groupIsStillOurs(identity) ? membersOfGroup(identity.pid) : []),
    ...(stop.alsoWorkingIn ? processesWorkingIn(stop.alsoWorkingIn) : []),
  ];
}

/** A number is not given to a new process while a group bears it: a stranger with our number means that our group is gone. */
function groupIsStillOurs(leader: ProcessIdentity): boolean {
  const now = identify(leader.pid); // once: it may end at any moment, which is no stranger
  return now ? isSame(now, leader) : leader.bootId === identify(process.pid)?.bootId;
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended in between
  }
}

async function ended(identities: readonly ProcessIdentity[], graceMs: number, hurry?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + graceMs;
  while (identities.some(isRunning)) {
    if (hurry?.aborted || performance.now() >= deadline) return false;
    await sleep(lookAgainMs);
  }
  return true;
}
