import type { GetParameterRequest, GetParameterResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { actedParameter } from '../domain/acted-parameter.js';
import { parameterNotFound, parameterShape, versionNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceToRead } from '../domain/reference.js';
import { ParameterCipher, type Values } from '../parameter-cipher.js';
import { type FoundParameter, Parameters } from '../store/parameters.js';

interface Loaded extends Acted {
  readonly reference: Reference;
  readonly found: FoundParameter | undefined;
  readonly values: Values;
}

@Operation('ssm', 'GetParameter')
export class GetParameter implements Handles<GetParameterRequest, Loaded, GetParameterResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly cipher: ParameterCipher,
  ) {}

  async load(input: Valid<GetParameterRequest>, call: Call): Promise<Loaded> {
    const reference = referenceToRead(input.Name, call);
    const [found] = await this.parameters.find([reference]);
    const kept = found?.version ? [{ ...found, version: found.version }] : [];
    const values = await this.cipher.values(call, input.WithDecryption ?? false, kept);
    return { on: [actedParameter(reference, found), ...values.on], reference, found, values };
  }

  async handle(_input: Valid<GetParameterRequest>, { reference, found, values }: Loaded) {
    if (!found) throw parameterNotFound(reference.text);
    if (!found.version) throw versionNotFound(found, reference);
    return { Parameter: parameterShape(found, found.version, values.of(found.version), reference.selector) };
  }
}
