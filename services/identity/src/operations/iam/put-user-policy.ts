import type { PutUserPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'PutUserPolicy')
export class PutUserPolicy implements Handles<PutUserPolicyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<PutUserPolicyRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  handle(input: Valid<PutUserPolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.put(call, named, { name: input.PolicyName, document: input.PolicyDocument });
  }
}
