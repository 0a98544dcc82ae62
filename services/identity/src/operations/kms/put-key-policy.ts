import type { PutKeyPolicyRequest } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { demandKept } from '../../domain/key-state.js';
import { demandDefaultPolicy } from '../../domain/policy-name.js';
import { KeyPolicies } from '../../key-policies.js';
import { KeyChanges } from '../../store/key-changes.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

@Operation('kms', 'PutKeyPolicy')
export class PutKeyPolicy implements Handles<PutKeyPolicyRequest, NamedKey, object> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly policies: KeyPolicies,
    private readonly changes: KeyChanges,
  ) {}

  load({ KeyId, BypassPolicyLockoutSafetyCheck: bypass = false }: Valid<PutKeyPolicyRequest>, call: Call) {
    return this.keys.named(call, KeyId, { context: { 'kms:BypassPolicyLockoutSafetyCheck': String(bypass) } });
  }

  async handle(input: Valid<PutKeyPolicyRequest>, named: NamedKey, call: Call) {
    demandDefaultPolicy(input.PolicyName);
    await this.policies.check(call, existing(named), input.Policy, input.BypassPolicyLockoutSafetyCheck ?? false);
    return this.changes.commit(call, named, (key) => {
      demandKept(key);
      return { change: { policy: input.Policy }, answer: {} };
    });
  }
}
