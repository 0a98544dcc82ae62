import { BusConnection } from '@muster/bus';
import { Injectable } from '@nestjs/common';

import { IdentityRevision } from './identity-revision.js';

/** Whether calls can be answered: a real round trip through the bus, to identity and its database. */
@Injectable()
export class Readiness {
  private draining = false;
  private checking: Promise<string | undefined> | undefined;

  constructor(
    private readonly connection: BusConnection,
    private readonly revision: IdentityRevision,
  ) {}

  /** From now on nobody should send anything here. */
  drain(): void {
    this.draining = true;
  }

  /** What is missing; undefined when nothing is. However many ask at once, one trip is made. */
  async missing(): Promise<string | undefined> {
    if (this.draining) return 'draining';
    this.checking ??= this.check().finally(() => (this.checking = undefined));
    return this.checking;
  }

  private async check(): Promise<string | undefined> {
    try {
      await this.connection.roundTrip();
    } catch {
      return 'the bus does not answer';
    }
    try {
      await this.revision.ask();
    } catch {
      return 'identity or its database does not answer';
    }
    return undefined;
  }
}
