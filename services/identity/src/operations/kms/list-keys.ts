import type { ListKeysRequest, ListKeysResponse } from '@aws-sdk/client-kms';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { keyArn } from '../../domain/key-reference.js';
import { markerOf, nextMarker } from '../../markers.js';
import { KeyRing } from '../../store/key-ring.js';

@Operation('kms', 'ListKeys')
export class ListKeys implements Handles<ListKeysRequest, Acted, ListKeysResponse> {
  constructor(private readonly ring: KeyRing) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<ListKeysRequest>, _loaded: Acted, call: Call) {
    const limit = input.Limit ?? 100;
    const found = await this.ring.list(call, markerOf(call, {}, input.Marker) ?? '', limit + 1);
    const keys = found.slice(0, limit);
    return {
      Keys: keys.map(({ id }) => ({ KeyId: id, KeyArn: keyArn(call, id) })),
      ...nextMarker(call, {}, found.length > limit, keys.at(-1)?.id),
    };
  }
}
