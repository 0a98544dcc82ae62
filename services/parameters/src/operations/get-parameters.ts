import type { GetParametersRequest, GetParametersResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { actedParameter } from '../domain/acted-parameter.js';
import { parameterShape } from '../domain/parameter-shape.js';
import { sortReferences } from '../domain/sort-references.js';
import { type Reference, referenceToRead } from '../domain/reference.js';
import { ParameterCipher, type Values } from '../parameter-cipher.js';
import { type FoundParameter, Parameters } from '../store/parameters.js';

interface Loaded extends Acted {
  /** What names something that could be here, in the order asked. */
  readonly asked: readonly { reference: Reference; found: FoundParameter | undefined }[];
  readonly malformed: readonly string[];
  readonly values: Values;
}

@Operation('ssm', 'GetParameters')
export class GetParameters implements Handles<GetParametersRequest, Loaded, GetParametersResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly cipher: ParameterCipher,
  ) {}

  async load(input: Valid<GetParametersRequest>, call: Call): Promise<Loaded> {
    const { references, malformed } = sortReferences(input.Names, call, referenceToRead);
    const found = await this.parameters.find(references);
    const kept = found.flatMap((each) => (each?.version ? [{ ...each, version: each.version }] : []));
    const values = await this.cipher.values(call, input.WithDecryption ?? false, kept);
    const on = references.map((reference, index) => actedParameter(reference, found[index]));
    return {
      on: [...on, ...values.on],
      asked: references.map((reference, index) => ({ reference, found: found[index] })),
      malformed,
      values,
    };
  }

  async handle(_input: Valid<GetParametersRequest>, { asked, malformed, values }: Loaded) {
    const there = asked.flatMap(({ reference, found }) =>
      found?.version ? [parameterShape(found, found.version, values.of(found.version), reference.selector)] : [],
    );
    const missing = asked.filter(({ found }) => !found?.version).map(({ reference }) => reference.text);
    return {
      // AWS sorts by name, by code points; versions of one name in their order.
      Parameters: there.sort((a, b) => (a.Name! < b.Name! ? -1 : a.Name! > b.Name! ? 1 : a.Version! - b.Version!)),
      InvalidParameters: [...missing, ...malformed],
    };
  }
}
