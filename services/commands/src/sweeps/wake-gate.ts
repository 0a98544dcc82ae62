import { Sweeps, type Sweeping } from '@muster/bus';
import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { Gate } from '../gate/gate.js';
import { GateQueue } from '../store/gate-queue.js';

/** Rescue: whatever is due is sent, also when who should have woken the gate was killed. Leases and next tries end here too. */
@Sweeps({ everyMs: 1_000, lock: 'commands.wake-gate' })
@Injectable()
export class WakeGate implements Sweeping {
  constructor(
    private readonly database: Database,
    private readonly queue: GateQueue,
    private readonly gate: Gate,
  ) {}

  async sweep(): Promise<number> {
    this.gate.wake(await this.queue.commandsDue(this.database));
    // The gate works by itself: nothing to come back for at once.
    return 0;
  }
}
