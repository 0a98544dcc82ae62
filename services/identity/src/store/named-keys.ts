import { type Acted, type Call, keyPolicyOf, keyResource } from '@muster/bus';
import type { Resource } from '@muster/iam';
import { Injectable } from '@nestjs/common';

import { ApiError } from '@muster/aws-protocol';

import { type KeyReference, noSuchKey, parseKeyReference, referenceArn } from '../domain/key-reference.js';
import type { StoredKey, StoredMaterial } from './key-ring.js';
import { ServiceKeys } from './service-keys.js';

/** The key that a call names, as far as it exists, and what is to be decided about it. */
export interface NamedKey extends Acted {
  readonly reference: KeyReference;
  readonly key?: StoredKey;
  readonly material?: StoredMaterial;
}

/** How a call names a key, and what for. */
export interface Naming {
  /** An alias will do. Where AWS wants a key, another name for it is refused. */
  readonly aliases?: boolean;
  /** The action, where it is another than the operation's. */
  readonly action?: string;
  /** A key of another account will do, if its policy lets the caller. */
  readonly ofOthers?: boolean;
  readonly encryptionContext?: Readonly<Record<string, string>>;
  /** Condition keys of this operation. */
  readonly context?: Resource['context'];
}

/** Finds the key that an API call names. */
@Injectable()
export class NamedKeys {
  constructor(private readonly serviceKeys: ServiceKeys) {}

  /** @throws ApiError NotFoundException when the caller's own account has no such key */
  async named(call: Call, keyId: string, naming: Naming = {}): Promise<NamedKey> {
    const reference = parseKeyReference(keyId, call);
    if (reference.kind === 'alias' && !naming.aliases) {
      throw new ApiError('NotFoundException', `Invalid keyId '${keyId}'`);
    }
    const { key, material } = await this.serviceKeys.findOrMake(reference, call.account);
    const others = reference.account !== call.account;
    if (!key && !others) throw noSuchKey(reference);
    // Whether another account has such a key is not told: what is not there is refused like what is not allowed.
    if (!key || (others && !naming.ofOthers)) return { reference, on: [nobodysKey(call, reference, naming)] };
    const requestAlias: Resource['context'] = reference.kind === 'alias' ? { 'kms:RequestAlias': reference.name } : {};
    return { reference, key, ...(material && { material }), on: [actedOn(call, key, naming, requestAlias)] };
  }
}

/** The key of a call that was allowed. */
export function existing({ key, reference }: NamedKey): StoredKey {
  if (!key) throw noSuchKey(reference);
  return key;
}

/** A key as a thing to be decided on, with all that its policy may ask about. */
export function actedOn(call: Call, key: StoredKey, naming: Naming, more: Resource['context'] = {}): Resource {
  const { encryptionContext } = naming;
  const use = { caller: call.caller, ...(encryptionContext && { encryptionContext }) };
  const resource = keyResource({ ...key, policy: keyPolicyOf(key.policy) }, naming.action ?? call.action, use);
  return { ...resource, context: { ...resource.context, ...KIND, ...aliasesOf(key), ...naming.context, ...more } };
}

/** Every key here is of this kind. */
const KIND = {
  'kms:KeySpec': 'SYMMETRIC_DEFAULT',
  'kms:KeyUsage': 'ENCRYPT_DECRYPT',
  'kms:KeyOrigin': 'AWS_KMS',
  'kms:MultiRegion': 'false',
};

function aliasesOf(key: StoredKey): NonNullable<Resource['context']> {
  return key.aliases.length > 0 ? { 'kms:ResourceAliases': key.aliases } : {};
}

function nobodysKey(call: Call, reference: KeyReference, naming: Naming): Resource {
  return { arn: referenceArn(reference), action: naming.action ?? call.action, policyGoverns: true };
}
