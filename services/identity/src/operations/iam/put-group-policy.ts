import type { PutGroupPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'PutGroupPolicy')
export class PutGroupPolicy implements Handles<PutGroupPolicyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<PutGroupPolicyRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  handle(input: Valid<PutGroupPolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.put(call, named, { name: input.PolicyName, document: input.PolicyDocument });
  }
}
