import type { GenerateRandomRequest, GenerateRandomResponse } from '@aws-sdk/client-kms';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Handles, Operation, type Valid } from '@muster/bus';
import { Ids } from '@muster/persistence';

@Operation('kms', 'GenerateRandom')
export class GenerateRandom implements Handles<GenerateRandomRequest, Acted, GenerateRandomResponse> {
  constructor(private readonly ids: Ids) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<GenerateRandomRequest>) {
    if (input.NumberOfBytes === undefined) throw new ApiError('ValidationException', 'NumberOfBytes is required.');
    if (input.CustomKeyStoreId !== undefined || input.Recipient !== undefined) {
      throw new ApiError('UnsupportedOperationException', 'There are no custom key stores and no enclaves here.');
    }
    return { Plaintext: this.ids.random(input.NumberOfBytes) };
  }
}
