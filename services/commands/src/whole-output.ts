import { ObjectStore } from '@muster/objects';
import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { Outputs, type OutputState, type StreamKey } from './store/outputs.js';

/** A step's output with what is known about its completeness. */
export interface FoundOutput {
  /** `open`: the script runs, or parts are still coming; `content` is what is there. */
  readonly state: 'open' | OutputState;
  readonly content: AsyncIterable<Uint8Array>;
}

/** All that a step wrote to a stream, wherever it lies. */
@Injectable()
export class WholeOutput {
  constructor(
    private readonly outputs: Outputs,
    private readonly objects: ObjectStore,
    private readonly database: Database,
  ) {}

  async find(key: StreamKey): Promise<FoundOutput | undefined> {
    const place = await this.outputs.placeOf(this.database, key);
    if (place.objectKey !== null && place.state !== null) {
      const found = await this.objects.get(place.objectKey);
      return found && { state: place.state, content: found.content };
    }
    const { head, length } = place;
    if (head && length === head.length) return { state: 'short', content: once(head) };
    if (place.state === null) return head ? { state: 'open', content: once(head) } : undefined;
    const reach = await this.outputs.reach(this.database, key);
    return { state: 'open', content: this.outputs.read(this.database, key, reach) };
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
