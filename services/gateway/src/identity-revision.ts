import { Bus, unavailable } from '@muster/bus';
import { Identity } from '@muster/contracts';
import { Injectable } from '@nestjs/common';

/** How old the last word about the revision may be. */
const freshMs = 1_000;

/** The revision of all that identity knows: heard four times a second; after a second of silence it is asked. */
@Injectable()
export class IdentityRevision {
  private revision = -1n;
  private heardAt = -Infinity;
  private asking: Promise<bigint> | undefined;
  private restored: () => void = () => undefined;

  constructor(private readonly bus: Bus) {}

  /** Called when identity counts from further back: what was kept until then is of another life. */
  onRestored(listener: () => void): void {
    this.restored = listener;
  }

  /** Identity said how far it is. An older word, overtaken on the way, changes nothing. */
  heard(revision: bigint): void {
    if (revision < this.revision) return;
    this.revision = revision;
    this.heardAt = performance.now();
  }

  /** @throws ApiError ServiceUnavailable when identity is silent and does not answer */
  current(): bigint | Promise<bigint> {
    return performance.now() - this.heardAt <= freshMs ? this.revision : this.ask();
  }

  /** A real round trip to identity and its database. */
  ask(): Promise<bigint> {
    // One question for all that wait.
    this.asking ??= this.askOnce().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async askOnce(): Promise<bigint> {
    const before = this.revision;
    const { revision } = await this.bus.rpc(Identity.method.currentRevision, {}, { deadlineMs: 2_000 });
    if (revision < this.revision) {
      if (this.revision !== before) throw unavailable('Identity answered with what it knew earlier: try again.');
      // Its database was restored from a backup.
      this.revision = revision;
      this.restored();
    }
    this.heard(revision);
    return revision;
  }
}
