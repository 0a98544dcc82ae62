import type { ResolvedTemplateReference } from '@muster/aws-protocol';

import type { DynamicReference } from './dynamic-reference.js';
import type { Stored } from './resolved-parameter.js';
import { templateError } from './template-error.js';

/** A reference that depends on what is known only once there are resources. */
export function unevaluated({ text, path, service, reason }: DynamicReference): ResolvedTemplateReference {
  return {
    Reference: text,
    Path: path,
    Service: service,
    Status: 'NotEvaluated',
    ...(reason ? { Reason: reason } : {}),
  };
}

/**
 * A reference with what it names.
 * @param value undefined: it is not to be seen, only that it is there
 */
export function resolvedReference(
  { text, path, service, names }: DynamicReference,
  stored: Pick<Stored, 'type' | 'version'>,
  value: string | undefined,
): ResolvedTemplateReference {
  return {
    Reference: text,
    Path: path,
    Service: service,
    Status: 'Resolved',
    Name: names!.name,
    Type: stored.type as NonNullable<ResolvedTemplateReference['Type']>,
    Version: stored.version,
    ...(value === undefined ? {} : { Value: value }),
  };
}

/** `ssm` is for what is no secret, `ssm-secure` for what is one. @throws ApiError ValidationError */
export function refuseOtherPrefix({ service, names, path }: DynamicReference, kind: string): void {
  const secure = kind === 'SecureString';
  if (service === 'ssm' && secure) {
    throw templateError(`Non-secure ssm prefix was used for secure parameter: [${names!.name}] (${path})`);
  }
  if (service === 'ssm-secure' && !secure) {
    throw templateError(`Secure ssm-secure prefix was used for non-secure parameter: [${names!.name}] (${path})`);
  }
}
