import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { BrokenState } from './broken-state.js';

/** Where things lie in an agent's state folder. */
export interface StateFolder {
  readonly root: string;
  /** What enrolment gave: node id, bus, account, region. */
  readonly registration: string;
  /** An enrolment that was begun: asked again with the same key until it is answered. */
  readonly enrolment: string;
  /** The node's private nkey. Never leaves the machine. */
  readonly seed: string;
  /** The broker credential, renewed at half of its life. */
  readonly credential: string;
  /** The keys that authenticate what the control plane says. */
  readonly nodeKeys: string;
  readonly lock: string;
  /** What `muster-agent status` shows of the running agent. */
  readonly status: string;
  readonly journal: string;
  /** A folder for each invocation that is not settled. */
  readonly work: string;
}

/** Where an agent keeps its state unless told otherwise. */
export function defaultStateFolder(): string {
  return process.getuid?.() === 0 ? '/var/lib/muster-agent' : join(homedir(), '.local', 'state', 'muster-agent');
}

/** Names the files of a state folder; touches nothing. */
export function stateFolder(path: string): StateFolder {
  const root = resolve(path);
  return {
    root,
    registration: join(root, 'registration.json'),
    enrolment: join(root, 'enrolment.json'),
    seed: join(root, 'node.seed'),
    credential: join(root, 'node.jwt'),
    nodeKeys: join(root, 'node-keys.json'),
    lock: join(root, 'agent.lock'),
    status: join(root, 'status.json'),
    journal: join(root, 'journal'),
    work: join(root, 'work'),
  };
}

/** Creates what is missing, for the owner alone. @throws BrokenState when it cannot be written */
export function openStateFolder(path: string): StateFolder {
  const folder = stateFolder(path);
  try {
    mkdirSync(folder.work, { recursive: true, mode: 0o700 });
    chmodSync(folder.root, 0o700);
    accessSync(folder.work, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new BrokenState(
      `The state folder ${folder.root} cannot be used (${(cause as Error).message}). Run as its owner, or name another with --state-dir.`,
      { cause },
    );
  }
  return folder;
}
