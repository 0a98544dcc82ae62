import type { GetParameterRequest, GetParameterResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { parameterNotFound, parameterShape, versionNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import { type FoundParameter, Parameters } from '../store/parameters.js';

interface Loaded extends Acted {
  readonly reference: Reference;
  readonly found: FoundParameter | undefined;
}

@Operation('ssm', 'GetParameter')
export class GetParameter implements Handles<GetParameterRequest, Loaded, GetParameterResult> {
  constructor(private readonly parameters: Parameters) {}

  async load(input: Valid<GetParameterRequest>, call: Call): Promise<Loaded> {
    const reference = referenceOf(input.Name, call);
    const [found] = await this.parameters.find(call, [reference]);
    return { on: [{ arn: reference.arn, tags: found?.tags ?? {} }], reference, found };
  }

  async handle(_input: Valid<GetParameterRequest>, { reference, found }: Loaded, call: Call) {
    if (!found) throw parameterNotFound(reference.text);
    if (!found.version) throw versionNotFound(found, reference);
    return { Parameter: parameterShape(call, found, found.version, reference.selector) };
  }
}
