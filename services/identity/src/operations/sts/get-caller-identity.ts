import type { GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

type Result = Omit<GetCallerIdentityCommandOutput, '$metadata'>;

/** Who the caller is. AWS answers it to everybody, whatever the policies say. */
@Operation('sts', 'GetCallerIdentity', { needsNoPermission: true })
export class GetCallerIdentity implements Handles<GetCallerIdentityCommandInput, Acted, Result> {
  load(): Acted {
    return { on: [] };
  }

  async handle(_input: Valid<GetCallerIdentityCommandInput>, _loaded: Acted, call: Call): Promise<Result> {
    return { UserId: call.caller.userId, Account: call.account, Arn: call.caller.arn };
  }
}
