import type { SimulateCustomPolicyRequest, SimulatePolicyResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { noPolicies } from '@muster/iam';

import { Simulating } from '../../simulating.js';

/** What policies that are only a draft would allow. */
@Operation('iam', 'SimulateCustomPolicy')
export class SimulateCustomPolicy implements Handles<SimulateCustomPolicyRequest, Acted, SimulatePolicyResponse> {
  constructor(private readonly simulating: Simulating) {}

  load(): Acted {
    return { on: [] };
  }

  handle(input: Valid<SimulateCustomPolicyRequest>, _loaded: Acted, call: Call) {
    return this.simulating.answer(call, input, call.caller, noPolicies);
  }
}
