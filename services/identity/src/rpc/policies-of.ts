import { type HandlesRpc, Rpc } from '@muster/bus';
import { Identity, type PoliciesOfRequest } from '@muster/contracts';

import { PrincipalPolicies } from '../store/principal-policies.js';

/** What every service decides with. A principal that is not there has no policies: everything is refused. */
@Rpc(Identity.method.policiesOf)
export class PoliciesOf implements HandlesRpc<typeof Identity.method.policiesOf> {
  constructor(private readonly policies: PrincipalPolicies) {}

  handle(request: PoliciesOfRequest) {
    return this.policies.of(request.principalArn, request.sessionKeyId);
  }
}
