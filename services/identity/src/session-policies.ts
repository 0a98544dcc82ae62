import type { PolicyDescriptorType } from '@aws-sdk/client-sts';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Database } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import type { IdentityConfig } from './config.js';
import { checkPolicy, policySize } from './domain/policy-text.js';
import { ManagedPolicies } from './store/managed-policies.js';
import type { PolicyText } from './store/principal-policies.js';

/** AWS's. */
const MOST_ARNS = 10;

/** What narrows a session: a policy that came with the call, and managed ones as they are at this moment. */
@Injectable()
export class SessionPolicies {
  constructor(
    private readonly managed: ManagedPolicies,
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  /**
   * @returns the policies and, where there are any, how many percent of the room they take
   * @throws ApiError MalformedPolicyDocumentException, PackedPolicyTooLargeException, ValidationException
   */
  async of(
    account: string,
    given: {
      readonly Policy?: string | undefined;
      readonly PolicyArns?: readonly Valid<PolicyDescriptorType>[] | undefined;
    },
  ): Promise<{ readonly policies: PolicyText[]; readonly packedSize?: number }> {
    const policies: PolicyText[] = [];
    if (given.Policy !== undefined) {
      checkPolicy(given.Policy);
      policies.push({ name: 'session policy', document: given.Policy });
    }
    const arns = given.PolicyArns ?? [];
    if (arns.length > MOST_ARNS) {
      throw new ApiError(
        'ValidationException',
        `A session can have at most ${MOST_ARNS} managed policies (PolicyArns).`,
      );
    }
    for (const { arn } of arns) policies.push(await this.managedPolicy(account, arn ?? ''));
    if (policies.length === 0) return { policies };

    const size = policies.reduce((sum, { document }) => sum + policySize(document), 0);
    const packedSize = Math.ceil((size * 100) / this.config.sessionPolicyBytes);
    if (packedSize > 100) {
      const message = `Packed size of session policies consumes ${packedSize}% of the allotted space.`;
      throw new ApiError('PackedPolicyTooLargeException', message);
    }
    return { policies, packedSize };
  }

  private async managedPolicy(account: string, arn: string): Promise<PolicyText> {
    const policy = await this.managed.find(this.database, account, arn);
    const version = policy && (await this.managed.version(this.database, policy.id, policy.defaultVersion));
    if (!version) throw new ApiError('ValidationException', `There is no policy ${arn} in the account of the role.`);
    return { name: arn, document: version.document };
  }
}
