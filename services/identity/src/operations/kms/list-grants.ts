import type { ListGrantsRequest, ListGrantsResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

/** There are no grants: the list is truly empty. */
@Operation('kms', 'ListGrants')
export class ListGrants implements Handles<ListGrantsRequest, NamedKey, ListGrantsResponse> {
  constructor(private readonly keys: NamedKeys) {}

  load(input: Valid<ListGrantsRequest>, call: Call) {
    return this.keys.named(call, input.KeyId, { ofOthers: true });
  }

  async handle(_input: Valid<ListGrantsRequest>, named: NamedKey) {
    existing(named);
    return { Grants: [], Truncated: false };
  }
}
