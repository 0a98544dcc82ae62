import { ApiError } from '@muster/aws-protocol';

import type { Scope } from './parameter-name.js';

/** The key that a SecureString gets when none is named: AWS's own of the account and region. */
export const DEFAULT_KEY = 'alias/aws/ssm';

const ARN = /^arn:[a-z-]+:kms:([a-z0-9-]*):(\d{12}):(?:key|alias)\/.+$/;

/**
 * Whose key ring a key is in, that was named by id, alias or ARN.
 * @param scope of the parameter
 * @throws ApiError InvalidKeyId: KMS knows the keys of its own region alone
 */
export function keyRingOf(key: string, scope: Scope): Scope {
  const [, region, account] = ARN.exec(key) ?? [];
  if (region === undefined || account === undefined) {
    if (key.startsWith('arn:')) throw new ApiError('InvalidKeyId', `Invalid keyId '${key}'`);
    return { account: scope.account, region: scope.region };
  }
  if (region !== scope.region) throw new ApiError('InvalidKeyId', `Invalid arn ${region}`);
  return { account, region };
}

/** What KMS answers about a key that is not there. */
export function keyNotFound(key: string, scope: Scope): ApiError {
  const alias = /(?:^|:)(alias\/.+)$/.exec(key)?.[1];
  if (alias === undefined) {
    const { account, region } = keyRingOf(key, scope);
    const arn = key.startsWith('arn:') ? key : `arn:aws:kms:${region}:${account}:key/${key}`;
    return new ApiError('InvalidKeyId', `Key '${arn}' does not exist`);
  }
  const { account, region } = keyRingOf(key, scope);
  return new ApiError('InvalidKeyId', `Alias arn:aws:kms:${region}:${account}:${alias} is not found.`);
}

/** Refuses what cannot be used now. @throws ApiError InvalidKeyId, with KMS's own sentence */
export function refuseUnusable(key: { readonly arn: string; readonly state: string }): void {
  switch (key.state) {
    case 'Enabled':
      return;
    case 'PendingDeletion':
      throw new ApiError('InvalidKeyId', `${key.arn} is pending deletion.`);
    case 'Disabled':
      throw new ApiError('InvalidKeyId', `${key.arn} is disabled.`);
    default:
      throw new ApiError('InvalidKeyId', `${key.arn} is in the state ${key.state}: it cannot be used.`);
  }
}
