import type { ListKeyPoliciesRequest, ListKeyPoliciesResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

@Operation('kms', 'ListKeyPolicies')
export class ListKeyPolicies implements Handles<ListKeyPoliciesRequest, NamedKey, ListKeyPoliciesResponse> {
  constructor(private readonly keys: NamedKeys) {}

  load(input: Valid<ListKeyPoliciesRequest>, call: Call) {
    return this.keys.named(call, input.KeyId);
  }

  async handle(_input: Valid<ListKeyPoliciesRequest>, named: NamedKey) {
    existing(named);
    return { PolicyNames: ['default'], Truncated: false };
  }
}
