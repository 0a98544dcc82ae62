import type { Acted, Call } from '@muster/bus';
import { formatArn } from '@muster/iam';

/** What operations act on for which AWS knows no resource: policies that name one do not meet them. */
export function anything(call: Call): Acted {
  return { on: [{ arn: formatArn({ service: 'ssm', region: call.region, account: call.account, resource: '*' }) }] };
}
