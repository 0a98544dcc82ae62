import type { GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { noSuchAccessKey } from '../../domain/no-such-access-key.js';
import { AccessKeys, type KeyUse } from '../../store/access-keys.js';
import { type NamedPrincipal, Principals, existing } from '../../store/principals.js';

interface NamedKey extends NamedPrincipal {
  readonly use: KeyUse | undefined;
}

/** When, where and for what a key was used last, to the minute. */
@Operation('iam', 'GetAccessKeyLastUsed')
export class GetAccessKeyLastUsed implements Handles<
  GetAccessKeyLastUsedRequest,
  NamedKey,
  GetAccessKeyLastUsedResponse
> {
  constructor(
    private readonly principals: Principals,
    private readonly accessKeys: AccessKeys,
  ) {}

  /** On the user whose key it is: nothing is said about keys of other accounts. */
  async load(input: Valid<GetAccessKeyLastUsedRequest>, call: Call): Promise<NamedKey> {
    const use = await this.accessKeys.useOf(call.account, input.AccessKeyId);
    return { ...(await this.principals.named(call, 'User', use?.userName ?? '*')), use };
  }

  async handle(input: Valid<GetAccessKeyLastUsedRequest>, { use, ...named }: NamedKey) {
    if (!use) throw noSuchAccessKey(input.AccessKeyId);
    const { at, region, service } = use;
    return {
      UserName: existing(named).name,
      // AWS's words for a key that nobody has used.
      AccessKeyLastUsed: at
        ? { LastUsedDate: at, Region: region ?? 'N/A', ServiceName: service ?? 'N/A' }
        : { LastUsedDate: undefined, Region: 'N/A', ServiceName: 'N/A' },
    };
  }
}
