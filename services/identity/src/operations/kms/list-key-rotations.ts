import type { ListKeyRotationsRequest, ListKeyRotationsResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { markerOf, nextMarker } from '../../markers.js';
import { KeyRing } from '../../store/key-ring.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

@Operation('kms', 'ListKeyRotations')
export class ListKeyRotations implements Handles<ListKeyRotationsRequest, NamedKey, ListKeyRotationsResponse> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly ring: KeyRing,
  ) {}

  load(input: Valid<ListKeyRotationsRequest>, call: Call) {
    return this.keys.named(call, input.KeyId);
  }

  async handle(input: Valid<ListKeyRotationsRequest>, named: NamedKey, call: Call) {
    const key = existing(named);
    const limit = input.Limit ?? 100;
    const everything = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL';
    const filters = { key: key.id, everything };
    const before = markerOf<number>(call, filters, input.Marker) ?? key.version + 1;
    // The first version is no rotation.
    const all = await this.ring.versions(key.id, before, limit + 1);
    const found = everything ? all : all.filter(({ rotation }) => rotation !== null);
    const page = found.slice(0, limit);
    return {
      Rotations: page.map((version) => ({
        KeyId: key.arn,
        KeyMaterialId: version.materialId,
        ...(everything && {
          KeyMaterialState: version.version === key.version ? ('CURRENT' as const) : ('NON_CURRENT' as const),
        }),
        ...(version.rotation && { RotationDate: version.createdAt, RotationType: version.rotation }),
      })),
      ...nextMarker(call, filters, found.length > limit, page.at(-1)?.version),
    };
  }
}
