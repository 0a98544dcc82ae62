import type { GetAccessKeyInfoRequest, GetAccessKeyInfoResponse } from '@aws-sdk/client-sts';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Handles, Operation, type Valid } from '@muster/bus';

import { Sessions } from '../../store/sessions.js';

/** To which account a key belongs, whoever's it is. */
@Operation('sts', 'GetAccessKeyInfo')
export class GetAccessKeyInfo implements Handles<GetAccessKeyInfoRequest, Acted, GetAccessKeyInfoResponse> {
  constructor(private readonly sessions: Sessions) {}

  load(): Acted {
    return { on: [] };
  }

  async handle({ AccessKeyId: id }: Valid<GetAccessKeyInfoRequest>) {
    const account = await this.sessions.accountOf(id);
    if (account === undefined) throw new ApiError('ValidationException', `There is no access key ${id}.`);
    return { Account: account };
  }
}
