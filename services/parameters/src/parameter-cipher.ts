import { type Call, type EncryptionKey, EncryptionKeys, keyResource } from '@muster/bus';
import type { Resource } from '@muster/iam';
import { openValue, sealValue, sealedBy } from '@muster/keys';
import { Injectable } from '@nestjs/common';

import { keyNotFound, keyRingOf, refuseUnusable } from './domain/key-reference.js';
import { type Scope, parameterArn } from './domain/parameter-name.js';
import type { FoundVersion } from './store/parameters.js';

/** A version to be read: of whose parameter it is, and what is kept of it. */
export interface KeptVersion {
  readonly owner: Scope;
  readonly path: string;
  readonly version: Pick<FoundVersion, 'number' | 'type' | 'value' | 'keyId'>;
}

/** Values for one call. */
export interface Values {
  /** What has to be decided before a value is taken: kms:Decrypt, on each key for each parameter. */
  readonly on: readonly Resource[];
  /** The value of one of the versions that were named. @throws ApiError InvalidKeyId */
  of(version: KeptVersion['version']): string;
}

/** What a version is sealed with, as its operation has it decided on. */
export interface Sealing {
  /** As it was given. */
  readonly keyId: string;
  /** Undefined: there is none of this name. */
  readonly key: EncryptionKey | undefined;
}

/**
 * Seals and opens SecureStrings: each version with a data key of its own, bound to the parameter's ARN and the version's
 * number, so that nobody can put one in another's place. Whoever answers values asks here.
 */
@Injectable()
export class ParameterCipher {
  constructor(private readonly keys: EncryptionKeys) {}

  /** The key that a new version is to be sealed with. @param keyId id, alias, or ARN, also of another account */
  async sealing(scope: Scope, keyId: string): Promise<Sealing> {
    const ring = keyRingOf(keyId, scope);
    // What a service keeps for an account protects nothing of others, as at AWS; asked for, it would even be made there.
    if (ring.account !== scope.account && /:alias\/aws\//.test(keyId)) return { keyId, key: undefined };
    return { keyId, key: await this.keys.of(ring, keyId) };
  }

  /** What has to be decided before `seal`: as AWS, a large value needs a data key of KMS, a small one is encrypted there. */
  sealingNeeds(call: Call, sealing: Sealing, arn: string, tier: 'Standard' | 'Advanced'): Resource[] {
    const action = tier === 'Advanced' ? 'kms:GenerateDataKey' : 'kms:Encrypt';
    if (sealing.key) return [useOf(call, sealing.key, action, arn)];
    // Whether another account has such a key is not told: what is not there is refused like what is not allowed.
    const isForeign = keyRingOf(sealing.keyId, call).account !== call.account;
    return isForeign ? [{ arn: sealing.keyId, action, policyGoverns: true }] : [];
  }

  /** @throws ApiError InvalidKeyId when the key is not there, or cannot be used now */
  seal({ keyId, key }: Sealing, owner: Scope, path: string, number: number, value: string): string {
    if (!key) throw keyNotFound(keyId, owner);
    refuseUnusable(key);
    return sealValue(key, Buffer.from(value), boundTo(owner, path, number));
  }

  /**
   * Finds the keys of what is to be read; nothing is opened before `of`, and so not before the decision.
   * @param decrypted as the caller wants it; else a SecureString reads as its cipher text, base64
   */
  async values(call: Pick<Call, 'caller'>, decrypted: boolean, kept: readonly KeptVersion[]): Promise<Values> {
    const secure = decrypted ? kept.filter(({ version }) => version.type === 'SecureString') : [];
    if (secure.length === 0) return { on: [], of: asKept };
    const found = await Promise.all(secure.map(async (each) => ({ ...each, key: await this.keyOf(each) })));
    const byVersion = new Map(found.map((each) => [each.version, each]));
    return {
      on: needs(call, found),
      of: (version) => {
        const one = byVersion.get(version);
        return one ? opened(one) : asKept(version);
      },
    };
  }

  private keyOf({ owner, version: { value, keyId } }: KeptVersion): Promise<EncryptionKey | undefined> {
    const by = sealedBy(value);
    if (!by || keyId === null) throw new Error('a SecureString is kept that was sealed by no key');
    return this.keys.of(keyRingOf(keyId, owner), by.keyId, by.version);
  }
}

type WithKey = KeptVersion & { readonly key: EncryptionKey | undefined };

function opened({ owner, path, version, key }: WithKey): string {
  if (!key) throw keyNotFound(sealedBy(version.value)!.keyId, keyRingOf(version.keyId!, owner));
  refuseUnusable(key);
  const value = openValue(key, version.value, boundTo(owner, path, version.number)) as Buffer;
  const text = value.toString('utf8');
  value.fill(0);
  return text;
}

/** Once for each key and parameter: the ARN is part of what KMS's policies may speak about. */
function needs(call: Pick<Call, 'caller'>, found: readonly WithKey[]): Resource[] {
  const each = new Map<string, Resource>();
  for (const { owner, path, key } of found) {
    if (!key) continue;
    const arn = parameterArn(owner, path);
    if (!each.has(`${key.arn} ${arn}`)) each.set(`${key.arn} ${arn}`, useOf(call, key, 'kms:Decrypt', arn));
  }
  return [...each.values()];
}

function useOf(call: Pick<Call, 'caller'>, key: EncryptionKey, action: string, arn: string): Resource {
  return keyResource(key, action, { caller: call.caller, via: 'ssm', encryptionContext: { PARAMETER_ARN: arn } });
}

function asKept({ type, value }: KeptVersion['version']): string {
  return type === 'SecureString' ? Buffer.from(value).toString('base64') : value;
}

function boundTo(owner: Scope, path: string, number: number): string {
  return `${parameterArn(owner, path)}#${number}`;
}
