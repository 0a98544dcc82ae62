import { ApiError } from '@muster/aws-protocol';

/** How many bytes of a data key are asked for. @throws ApiError ValidationException unless exactly one of them says so */
export function dataKeyLength(input: { KeySpec?: string | undefined; NumberOfBytes?: number | undefined }): number {
  if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
    throw new ApiError('ValidationException', 'Please specify either number of bytes or key spec.');
  }
  return input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32);
}
