import { ApiError } from '@muster/aws-protocol';
import { type HandlesRpc, Rpc } from '@muster/bus';
import { type EncryptionKeyRequest, Identity } from '@muster/contracts';

import { parseKeyReference } from '../domain/key-reference.js';
import { type FoundKey, KeyRing } from '../store/key-ring.js';
import { ServiceKeys } from '../store/service-keys.js';

/** What services seal with. Whether somebody may use the key they decide themselves, by the policy that comes along. */
@Rpc(Identity.method.encryptionKey)
export class EncryptionKey implements HandlesRpc<typeof Identity.method.encryptionKey> {
  constructor(
    private readonly ring: KeyRing,
    private readonly serviceKeys: ServiceKeys,
  ) {}

  async handle({ account, region, key: name, version }: EncryptionKeyRequest) {
    const found = await this.find(name, { account, region }, version);
    const { revision, key, material } = found;
    if (!key || !material) return { revision };
    return {
      revision,
      key: {
        keyId: key.id,
        arn: key.arn,
        account: key.account,
        state: key.state,
        policy: key.policy,
        tags: key.tags,
        version: material.version,
        material: key.state === 'Enabled' ? this.ring.unseal(key.id, material) : new Uint8Array(),
      },
    };
  }

  private async find(name: string, scope: { account: string; region: string }, version?: number): Promise<FoundKey> {
    try {
      return await this.serviceKeys.findOrMake(parseKeyReference(name, scope), scope.account, version);
    } catch (error) {
      // What is no name of a key names none.
      if (error instanceof ApiError && error.code === 'NotFoundException') return this.ring.find(nothing(scope));
      throw error;
    }
  }
}

function nothing(scope: { account: string; region: string }) {
  return { kind: 'key' as const, ...scope, id: '' };
}
