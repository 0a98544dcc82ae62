import type { KeyMetadata } from '@aws-sdk/client-kms';

import type { KeyState } from './key-state.js';

/** What is known of a key besides its material. */
export interface KeyFacts {
  readonly id: string;
  readonly arn: string;
  readonly account: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly description: string;
  readonly state: KeyState;
  readonly createdAt: Date;
  readonly deletionAt: Date | null;
  readonly currentMaterialId: string;
}

/** A key as the API shows it. */
export function keyMetadata(key: KeyFacts): KeyMetadata {
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAt,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    ...(key.deletionAt && { DeletionDate: key.deletionAt }),
    Origin: 'AWS_KMS',
    KeyManager: key.manager,
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
    CurrentKeyMaterialId: key.currentMaterialId,
  };
}
