import { rmSync } from 'node:fs';

import { writeAtomically } from './process/write-atomically.js';

/** What runs, for programs: written when everything answers, and again whenever a child was replaced. */
export interface Ready {
  readonly endpoint: string;
  readonly region: string;
  readonly awsConfigFile: string;
  /** What is to be pasted into a shell. */
  readonly shellLine: string;
  /** Fingerprint of the own certificate authority, with TLS. */
  readonly caPin?: string;
  /** The id of this host as a node. */
  readonly nodeId?: string;
  /** The account is one for tests, and can be emptied. */
  readonly sandbox?: boolean;
  readonly natsUrl: string;
  readonly ports: { readonly gateway: number; readonly nats: number; readonly postgres: number };
  /** By part: `supervisor`, `guard`, `nats`, `postgres`, `gateway`, `services` (or each service), `agent`. */
  readonly pids: Readonly<Record<string, number>>;
}

/** The ready file in the data folder, and a copy where it was asked for. */
export class ReadyFile {
  private facts?: Omit<Ready, 'pids'>;

  constructor(private readonly files: readonly string[]) {
    this.remove();
  }

  /** From now on it is there. */
  ready(facts: Omit<Ready, 'pids'>, pids: Ready['pids']): void {
    this.facts = facts;
    this.update(pids);
  }

  /** Other processes than before; does nothing as long as not everything answers. */
  update(pids: Ready['pids']): void {
    if (!this.facts) return;
    const text = JSON.stringify({ ...this.facts, pids } satisfies Ready, undefined, 2);
    for (const file of this.files) writeAtomically(file, `${text}\n`);
  }

  remove(): void {
    this.facts = undefined;
    for (const file of this.files) rmSync(file, { force: true });
  }
}
