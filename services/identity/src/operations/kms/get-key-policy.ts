import type { GetKeyPolicyRequest, GetKeyPolicyResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { demandDefaultPolicy } from '../../domain/policy-name.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

@Operation('kms', 'GetKeyPolicy')
export class GetKeyPolicy implements Handles<GetKeyPolicyRequest, NamedKey, GetKeyPolicyResponse> {
  constructor(private readonly keys: NamedKeys) {}

  load(input: Valid<GetKeyPolicyRequest>, call: Call) {
    return this.keys.named(call, input.KeyId);
  }

  async handle(input: Valid<GetKeyPolicyRequest>, named: NamedKey) {
    demandDefaultPolicy(input.PolicyName);
    return { Policy: existing(named).policy, PolicyName: 'default' };
  }
}
