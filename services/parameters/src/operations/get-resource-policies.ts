import type { GetResourcePoliciesRequest, GetResourcePoliciesResponse } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { actedParameter } from '../domain/acted-parameter.js';
import type { Reference } from '../domain/reference.js';
import { resourceNotFound, shareableReference } from '../domain/shareable-reference.js';
import { Parameters } from '../store/parameters.js';
import { SharedParameters } from '../store/shared-parameters.js';

const PAGE = 50;

interface Loaded extends Acted {
  readonly reference: Reference;
}

@Operation('ssm', 'GetResourcePolicies')
export class GetResourcePolicies implements Handles<GetResourcePoliciesRequest, Loaded, GetResourcePoliciesResponse> {
  constructor(
    private readonly parameters: Parameters,
    private readonly shared: SharedParameters,
  ) {}

  async load(input: Valid<GetResourcePoliciesRequest>, call: Call): Promise<Loaded> {
    const reference = shareableReference(input.ResourceArn, call);
    const [found] = await this.parameters.find([reference]);
    return { on: [actedParameter(reference, found)], reference };
  }

  async handle(input: Valid<GetResourcePoliciesRequest>, { reference }: Loaded, call: Call) {
    const policies = await this.shared.policies(call, reference.path);
    if (!policies) throw resourceNotFound(reference.arn);
    const after = positionOf<string>(call, reference.path, input.NextToken) ?? '';
    const most = input.MaxResults ?? PAGE;
    const ordered = policies.filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = ordered.slice(0, most);
    return {
      Policies: page.map(({ id, hash, text }) => ({ PolicyId: id, PolicyHash: hash, Policy: text })),
      ...(ordered.length > most ? { NextToken: nextToken(call, reference.path, page.at(-1)!.id) } : {}),
    };
  }
}
