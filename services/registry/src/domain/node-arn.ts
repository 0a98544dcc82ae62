import { formatArn } from '@muster/iam';

/** Where something lives. */
interface Scope {
  readonly account: string;
  readonly region: string;
}

/** `arn:aws:ssm:us-east-1:123456789012:managed-instance/mi-0123456789abcdef0` */
export function nodeArn({ account, region }: Scope, nodeId: string): string {
  return formatArn({ service: 'ssm', region, account, resource: `managed-instance/${nodeId}` });
}

/** Activations have no ARN at AWS; events need a subject. */
export function activationArn({ account, region }: Scope, activationId: string): string {
  return formatArn({ service: 'ssm', region, account, resource: `activation/${activationId}` });
}
