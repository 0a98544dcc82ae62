import type { SimulatePolicyResponse, SimulatePrincipalPolicyRequest } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { type Caller, type NamedPolicy, parsePolicy } from '@muster/iam';

import { Simulating } from '../../simulating.js';
import { PrincipalPolicies, type PolicyText } from '../../store/principal-policies.js';
import { type Principal, Principals, resourceOf } from '../../store/principals.js';

interface Source extends Acted {
  readonly principal: Principal | undefined;
}

/** What a user, role or group may. */
@Operation('iam', 'SimulatePrincipalPolicy')
export class SimulatePrincipalPolicy implements Handles<
  SimulatePrincipalPolicyRequest,
  Source,
  SimulatePolicyResponse
> {
  constructor(
    private readonly principals: Principals,
    private readonly policies: PrincipalPolicies,
    private readonly simulating: Simulating,
  ) {}

  async load({ PolicySourceArn: arn }: Valid<SimulatePrincipalPolicyRequest>, call: Call): Promise<Source> {
    const found = await this.principals.byArn(arn);
    const principal = found?.account === call.account ? found : undefined;
    return { principal, on: [principal ? resourceOf(principal) : { arn }] };
  }

  async handle(input: Valid<SimulatePrincipalPolicyRequest>, { principal }: Source, call: Call) {
    if (!principal) {
      throw new ApiError('NoSuchEntityException', `The entity with ARN ${input.PolicySourceArn} cannot be found.`);
    }
    const { identity, boundary, tags } = await this.policies.heldBy(principal.arn);
    return this.simulating.answer(call, input, callerOf(principal, call), {
      identity: identity.map(parsed),
      ...(boundary && { boundary: parsed(boundary) }),
      session: [],
      tags,
      ...(principal.kind === 'User' && { userName: principal.name }),
    });
  }
}

function parsed({ name, document }: PolicyText): NamedPolicy {
  return { name, document: parsePolicy(document) };
}

function callerOf({ account, arn, userId, kind }: Principal, { region }: Call): Caller {
  const who = { account, region, arn, userId };
  return kind === 'Role' ? { ...who, kind: 'AssumedRole', issuerArn: arn } : { ...who, kind: 'User' };
}
