import { ApiError } from '@muster/aws-protocol';
import type { Call } from '@muster/bus';
import { CannotOpen, decryptWithKey, encryptedBy } from '@muster/keys';
import { Injectable } from '@nestjs/common';

import { KeyRing, type StoredKey } from './key-ring.js';
import { type NamedKey, type Naming, NamedKeys, actedOn, existing } from './named-keys.js';

/** A ciphertext and the key that it says it was encrypted with. */
export interface NamedCiphertext extends NamedKey {
  readonly blob: Uint8Array;
  /** It is not of the key that the caller expects: said after the decision on that one, which may be somebody else's. */
  readonly ofAnother?: boolean;
}

/** Finds the key of a ciphertext, and opens it. */
@Injectable()
export class Ciphertexts {
  constructor(
    private readonly keys: NamedKeys,
    private readonly ring: KeyRing,
  ) {}

  /**
   * @param keyId the key that the caller expects, if it says so
   * @throws ApiError ValidationException, InvalidCiphertextException, IncorrectKeyException, AccessDeniedException
   */
  async named(
    call: Call,
    blob: Uint8Array | undefined,
    keyId: string | undefined,
    naming: Naming,
  ): Promise<NamedCiphertext> {
    if (blob === undefined) throw new ApiError('ValidationException', 'CiphertextBlob is required.');
    const by = encryptedBy(blob);
    if (!by) throw invalidCiphertext();
    const expected = keyId === undefined ? undefined : await this.keys.named(call, keyId, { ...naming, aliases: true });
    // A key of somebody else that is not there: refused by the decision, whatever the ciphertext says.
    if (expected && !expected.key) return { ...expected, blob };
    if (expected && expected.key!.id !== by.keyId) return { ...expected, blob, ofAnother: true };
    const { key, material } = await this.ring.findById(by.keyId, call.region, by.version);
    if (!key) {
      throw new ApiError(
        'AccessDeniedException',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      );
    }
    const reference = { kind: 'key' as const, account: key.account, region: key.region, id: key.id };
    const on = expected?.on ?? [actedOn(call, key, naming)];
    return { reference, key, ...(material && { material }), on, blob };
  }

  /** @throws ApiError InvalidCiphertextException for another context, or anything altered */
  open(
    key: StoredKey,
    { material, blob }: NamedCiphertext,
    context: Readonly<Record<string, string>> = {},
  ): Uint8Array {
    if (!material) throw invalidCiphertext();
    return this.ring.withMaterial(key, material, (version) => {
      try {
        return decryptWithKey(version, blob, context);
      } catch (error) {
        // Not our own material, which was opened by now: what came from the caller.
        if (error instanceof CannotOpen) throw invalidCiphertext();
        throw error;
      }
    });
  }
}

/** The key of a ciphertext whose call was allowed. @throws ApiError NotFoundException, IncorrectKeyException */
export function keyOf(named: NamedCiphertext): StoredKey {
  const key = existing(named);
  if (!named.ofAnother) return key;
  throw new ApiError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  );
}

function invalidCiphertext(): ApiError {
  // AWS says no more than that either.
  return new ApiError('InvalidCiphertextException', '');
}
