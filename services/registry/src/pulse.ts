import { setTimeout as sleep } from 'node:timers/promises';

import { create, toBinary } from '@bufbuild/protobuf';
import { Bus } from '@muster/bus';
import { HeartbeatSchema, subjects } from '@muster/contracts';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Stands where nodes have their id. */
export const PULSE_ID = 'registry';

const EVERY_MS = 1000;

/**
 * Registry's own heartbeat, every second from every replica. While one of them hears it, the way from the nodes is open;
 * only over such time is their silence counted.
 */
@Injectable()
export class Pulse implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly bus: Bus) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const pulse = toBinary(HeartbeatSchema, create(HeartbeatSchema, { nodeId: PULSE_ID }));
    while (!this.stop.signal.aborted) {
      try {
        this.bus.publish(subjects.heartbeat(PULSE_ID), pulse);
      } catch {
        // The bus is away: that nothing is heard is the message.
      }
      await sleep(EVERY_MS, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }
}
