import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** What the scripts themselves wrote, outside of Muster: one file for each time that a script started. */
export class Ledger {
  readonly folder: string;

  constructor(home: string) {
    this.folder = path.join(home, 'ledger');
    mkdirSync(this.folder, { recursive: true });
  }

  /** A script that leaves a mark which cannot be lost or merged with another, works a while, and leaves a second one. */
  script(run: number, scriptMs: number): string[] {
    return [
      `mktemp "${this.folder}/run-${run}.$AWS_SSM_INSTANCE_ID.started.XXXXXXXX" > /dev/null`,
      `sleep ${(scriptMs / 1000).toFixed(3)}`,
      `mktemp "${this.folder}/run-${run}.$AWS_SSM_INSTANCE_ID.ended.XXXXXXXX" > /dev/null`,
      `echo "run ${run} on $AWS_SSM_INSTANCE_ID"`,
    ];
  }

  /** How often the script of a run started and ended on a node. */
  count(run: number): Map<string, { started: number; ended: number }> {
    const counts = new Map<string, { started: number; ended: number }>();
    for (const name of readdirSync(this.folder)) {
      const [what, node, phase] = name.split('.');
      if (what !== `run-${run}` || !node || (phase !== 'started' && phase !== 'ended')) continue;
      const entry = counts.get(node) ?? { started: 0, ended: 0 };
      entry[phase]++;
      counts.set(node, entry);
    }
    return counts;
  }

  get path(): string {
    return path.resolve(this.folder);
  }
}
