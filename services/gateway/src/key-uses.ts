import { create, toBinary } from '@bufbuild/protobuf';
import { Bus } from '@muster/bus';
import { KeyUsedSchema, subjects } from '@muster/contracts';
import { Injectable } from '@nestjs/common';

import { SaidLately } from './domain/said-lately.js';

/** So often is a key that is always in use mentioned: AWS is not more precise either. */
const EVERY_MS = 60_000;
/** Keys that are remembered: beyond it, the one that was mentioned first is mentioned again. */
const MOST_KEYS = 10_000;

/** Tells identity which long-term keys sign something, for GetAccessKeyLastUsed. Nobody waits for it. */
@Injectable()
export class KeyUses {
  private readonly said = new SaidLately(EVERY_MS, MOST_KEYS);

  constructor(private readonly bus: Bus) {}

  /** After the signature was verified, not before. */
  note(use: { readonly accessKeyId: string; readonly service: string; readonly region: string }, now: number): void {
    if (!this.said.isDue(use.accessKeyId, now)) return;
    const { accessKeyId, service, region } = use;
    const message = create(KeyUsedSchema, { accessKeyId, service, region, atMs: BigInt(now) });
    this.bus.publish(subjects.identityKeyUsed, toBinary(KeyUsedSchema, message));
  }
}
