import { ApiError } from '@muster/aws-protocol';

interface Asked {
  readonly KeySpec?: string | undefined;
  readonly CustomerMasterKeySpec?: string | undefined;
  readonly KeyUsage?: string | undefined;
  readonly Origin?: string | undefined;
  readonly MultiRegion?: boolean | undefined;
  readonly CustomKeyStoreId?: string | undefined;
  readonly XksKeyId?: string | undefined;
}

/** Refuses kinds of keys that there are not. @throws ApiError UnsupportedOperationException, ValidationException */
export function onlySymmetricKeys(input: Asked): void {
  if (input.KeySpec !== undefined && input.CustomerMasterKeySpec !== undefined) {
    const message =
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.';
    throw new ApiError('ValidationException', message);
  }
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (spec !== 'SYMMETRIC_DEFAULT') throw unsupported(`Keys of spec ${spec} are`, 'symmetric encryption keys');
  const usage = input.KeyUsage ?? 'ENCRYPT_DECRYPT';
  if (usage !== 'ENCRYPT_DECRYPT') {
    throw new ApiError('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec SYMMETRIC_DEFAULT`);
  }
  const origin = input.Origin ?? 'AWS_KMS';
  if (origin !== 'AWS_KMS') throw unsupported(`Keys of origin ${origin} are`, 'keys whose material is made here');
  if (input.MultiRegion) throw unsupported('Multi-region keys are', 'keys of one region');
  if (input.CustomKeyStoreId !== undefined || input.XksKeyId !== undefined) {
    throw unsupported('Custom key stores are', 'keys of the key ring');
  }
}

function unsupported(what: string, instead: string): ApiError {
  return new ApiError('UnsupportedOperationException', `${what} not supported: create ${instead}.`);
}
