import { ApiError } from '@muster/aws-protocol';

/**
 * Checks the name of an alias that a user makes, moves or deletes.
 * @throws ApiError ValidationException, or InvalidAliasNameException for those that AWS keeps
 */
export function checkAliasName(name: string): void {
  if (!name.startsWith('alias/')) {
    throw new ApiError('ValidationException', "Invalid identifier: an alias name must begin with 'alias/'.");
  }
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) {
    throw new ApiError(
      'ValidationException',
      `${name} contains invalid characters for an alias: letters, digits, /, _ and - are allowed.`,
    );
  }
  if (isServiceAlias(name)) {
    throw new ApiError(
      'InvalidAliasNameException',
      `${name} is reserved: aliases that begin with alias/aws/ belong to keys that services keep. Choose another name.`,
    );
  }
}

/** Of a key that a service keeps for the account. */
export function isServiceAlias(name: string): boolean {
  return name.startsWith('alias/aws/');
}

/** The service that keeps the key of this alias, when it is one that has keys here. */
export function serviceOfAlias(name: string): string | undefined {
  return name === 'alias/aws/ssm' ? 'ssm' : undefined;
}
