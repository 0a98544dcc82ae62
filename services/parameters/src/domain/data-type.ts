import type { ParameterType } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';

/** The id of a machine image: looked for before the parameter has it. */
export const IMAGE = 'aws:ec2:image';
const INTEGRATION = 'aws:ssm:integration';
const INTEGRATIONS = '/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/';

/** @throws ApiError ValidationException when there is no such data type */
export function checkDataType(dataType: string): void {
  if (['text', IMAGE, INTEGRATION].includes(dataType)) return;
  throw new ApiError(
    'ValidationException',
    `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
  );
}

/** @throws ApiError ValidationException when a parameter of this type and path cannot have the data type */
export function checkDataTypeFits({ type, dataType }: { type: ParameterType; dataType: string }, path: string): void {
  if (dataType === IMAGE && type !== 'String') {
    throw new ApiError('ValidationException', `The data type ${IMAGE} is for parameters of type String only.`);
  }
  if (dataType === INTEGRATION && (type !== 'SecureString' || !path.startsWith(INTEGRATIONS))) {
    throw new ApiError(
      'ValidationException',
      `The data type ${INTEGRATION} is for parameters of type SecureString only, with names that begin with ${INTEGRATIONS}.`,
    );
  }
}

/** Whether an id of a machine image is formed like this. */
export function isImageId(value: string): boolean {
  return /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(value);
}
