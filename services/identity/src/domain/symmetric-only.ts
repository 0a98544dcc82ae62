import { ApiError } from '@muster/aws-protocol';

/** What of a request about a key's use exists in AWS and not here. */
interface Unusual {
  readonly EncryptionAlgorithm?: string | undefined;
  readonly GrantTokens?: readonly string[] | undefined;
  readonly Recipient?: object | undefined;
}

/**
 * Refuses what symmetric keys cannot do, and what needs grants or enclaves, of which there are none.
 * @throws ApiError InvalidKeyUsageException, InvalidGrantTokenException, UnsupportedOperationException
 */
export function symmetricOnly(input: Unusual, keyArn: string): void {
  const { EncryptionAlgorithm: algorithm = 'SYMMETRIC_DEFAULT', GrantTokens: tokens = [], Recipient } = input;
  if (algorithm !== 'SYMMETRIC_DEFAULT') {
    throw new ApiError(
      'InvalidKeyUsageException',
      `The algorithm ${algorithm} is not valid for ${keyArn}, whose key spec is SYMMETRIC_DEFAULT.`,
    );
  }
  if (tokens.length > 0) {
    throw new ApiError(
      'InvalidGrantTokenException',
      'Invalid grant token: there are no grants here. Use key policies.',
    );
  }
  if (Recipient !== undefined) {
    throw new ApiError('UnsupportedOperationException', 'Recipient is not supported: there are no enclaves here.');
  }
}

/** Ends a call that was only asked whether it would succeed. @throws ApiError DryRunOperationException */
export function endDryRun(input: { readonly DryRun?: boolean | undefined }): void {
  if (!input.DryRun) return;
  const message = 'The request would have succeeded, but the DryRun option is set.';
  throw new ApiError('DryRunOperationException', message);
}
