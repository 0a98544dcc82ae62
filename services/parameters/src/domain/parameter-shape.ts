import type { Parameter } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';

import type { FoundParameter, FoundVersion } from '../store/parameters.js';
import { parameterArn } from './parameter-name.js';
import type { Reference } from './reference.js';

/** A parameter as the reading operations answer it: the bare name as created, and the selector beside it. */
export function parameterShape(
  found: Pick<FoundParameter, 'owner' | 'name' | 'path'>,
  version: FoundVersion,
  value: string,
  selector?: string,
): Parameter {
  return {
    Name: found.name,
    Type: version.type,
    Value: value,
    Version: version.number,
    ...(selector === undefined ? {} : { Selector: selector }),
    LastModifiedDate: version.modifiedAt,
    ARN: parameterArn(found.owner, found.path),
    DataType: version.dataType,
  };
}

/** There is no parameter of this name. */
export function parameterNotFound(name: string): ApiError {
  return new ApiError('ParameterNotFound', `Parameter ${name} not found.`);
}

/** The parameter is there, what the selector chooses is not. */
export function versionNotFound(
  found: Pick<FoundParameter, 'name'>,
  { version, label }: Pick<Reference, 'version' | 'label'>,
): ApiError {
  return new ApiError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version ?? label} of ${found.name}. Verify the version and try again.`,
  );
}
