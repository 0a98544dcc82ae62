import type { ListResourceTagsRequest, ListResourceTagsResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { tagList } from '../../domain/key-tags.js';
import { markerOf, nextMarker } from '../../markers.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

@Operation('kms', 'ListResourceTags')
export class ListResourceTags implements Handles<ListResourceTagsRequest, NamedKey, ListResourceTagsResponse> {
  constructor(private readonly keys: NamedKeys) {}

  load(input: Valid<ListResourceTagsRequest>, call: Call) {
    return this.keys.named(call, input.KeyId);
  }

  async handle(input: Valid<ListResourceTagsRequest>, named: NamedKey, call: Call) {
    const key = existing(named);
    const limit = input.Limit ?? 50;
    const filters = { key: key.id };
    const after = markerOf(call, filters, input.Marker) ?? '';
    const rest = tagList(key.tags).filter(({ TagKey }) => TagKey! > after);
    const page = rest.slice(0, limit);
    return { Tags: page, ...nextMarker(call, filters, rest.length > limit, page.at(-1)?.TagKey) };
  }
}
