import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation } from '@muster/bus';
import type { Type } from '@nestjs/common';

import { demandEnabled } from '../../domain/key-state.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

interface OnKey {
  readonly KeyId?: string;
}

/**
 * Operations that AWS has and that nothing here can do, each with its reason. They exist so that who asks is told, by a code
 * that clients know, and so that policies about them are obeyed all the same.
 */
export const notOffered: readonly Type[] = [
  ...['CreateGrant', 'RevokeGrant'].map((name) =>
    refusing(name, (key) => unsupported(`Grants are not supported: give the permission in the key policy of ${key}.`)),
  ),
  // By grant token or id, and no key is named.
  ...['RetireGrant', 'ListRetirableGrants'].map((name) =>
    refusing(name, () => unsupported('Grants are not supported: there are none. Use key policies.')),
  ),
  ...['Sign', 'Verify', 'GenerateMac', 'VerifyMac', 'DeriveSharedSecret'].map((name) =>
    refusing(name, (key) => {
      const message = `${key} key usage is ENCRYPT_DECRYPT which is not valid for ${name}.`;
      return new ApiError('InvalidKeyUsageException', message);
    }),
  ),
  ...['GetPublicKey', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'].map((name) =>
    refusing(name, () => unsupported('Asymmetric keys are not supported: all keys are symmetric encryption keys.')),
  ),
  ...['ImportKeyMaterial', 'GetParametersForImport', 'DeleteImportedKeyMaterial'].map((name) =>
    refusing(name, (key) => unsupported(`${key} origin is AWS_KMS which is not valid for this operation.`)),
  ),
  ...['ReplicateKey', 'UpdatePrimaryRegion'].map((name) =>
    refusing(name, (key) => unsupported(`${key} is not a multi-Region key: there are none here.`)),
  ),
  ...[
    ...['CreateCustomKeyStore', 'DescribeCustomKeyStores', 'UpdateCustomKeyStore', 'DeleteCustomKeyStore'],
    ...['ConnectCustomKeyStore', 'DisconnectCustomKeyStore'],
  ].map((name) => refusing(name, () => unsupported('Custom key stores are not supported: keys lie in the key ring.'))),
  refusing('GetKeyLastUsage', () => unsupported('When a key was last used is told by the audit records of its use.')),
];

/** An operation that is decided on like any other, and then refused. */
function refusing(operation: string, refusal: (keyArn: string) => ApiError): Type {
  @Operation('kms', operation)
  class NotOffered implements Handles<OnKey, Partial<NamedKey> & Acted, object> {
    constructor(private readonly keys: NamedKeys) {}

    load({ KeyId }: OnKey, call: Call): Promise<NamedKey> | Acted {
      return KeyId === undefined ? { on: [] } : this.keys.named(call, KeyId, { aliases: true });
    }

    async handle(_input: OnKey, loaded: Partial<NamedKey> & Acted): Promise<never> {
      if (!loaded.reference) throw refusal('');
      const key = existing(loaded as NamedKey);
      demandEnabled(key);
      throw refusal(key.arn);
    }
  }
  Object.defineProperty(NotOffered, 'name', { value: operation });
  return NotOffered;
}

function unsupported(message: string): ApiError {
  return new ApiError('UnsupportedOperationException', message);
}
