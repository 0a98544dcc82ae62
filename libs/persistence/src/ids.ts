import { randomBytes, randomFillSync } from 'node:crypto';

import type { Clock } from './clock.js';

/** Randomness. Injected, so that a test can foresee it. */
export abstract class Ids {
  /** UUIDv7: sorts by the time of its making. */
  abstract uuid(): string;
  /** Bytes nobody can guess. */
  abstract random(bytes: number): Uint8Array;
}

/** Ids from the operating system's randomness. */
export class RandomIds extends Ids {
  private lastMs = 0;
  private counter = 0;
  /** Drawn for many ids at once: asking the operating system for each costs more than all the rest of one. */
  private readonly drawn = Buffer.alloc(4096);
  private used = this.drawn.length;

  constructor(private readonly clock: Clock) {
    super();
  }

  uuid(): string {
    const bytes = this.draw();
    // RFC 9562, method 1: a counter in rand_a keeps the order of ids made within one millisecond.
    const now = this.clock.now().getTime();
    if (now > this.lastMs) {
      this.lastMs = now;
      this.counter = bytes.readUInt16BE(6) & 0x7ff;
    } else if (++this.counter > 0xfff) {
      this.lastMs++;
      this.counter = 0;
    }
    bytes.writeUIntBE(this.lastMs, 0, 6);
    bytes.writeUInt16BE(0x7000 | this.counter, 6);
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  private draw(): Buffer {
    if (this.used === this.drawn.length) {
      randomFillSync(this.drawn);
      this.used = 0;
    }
    return this.drawn.subarray(this.used, (this.used += 16));
  }

  random(bytes: number): Uint8Array {
    return new Uint8Array(randomBytes(bytes));
  }
}
