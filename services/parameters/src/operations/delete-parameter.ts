import type { DeleteParameterRequest, DeleteParameterResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { actedParameter } from '../domain/acted-parameter.js';
import { parameterNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import { parameterDeleted } from '../domain/parameter-deleted.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { type FoundParameter, Parameters } from '../store/parameters.js';

interface Loaded extends Acted {
  readonly reference: Reference;
  readonly found: FoundParameter | undefined;
}

@Operation('ssm', 'DeleteParameter')
export class DeleteParameter implements Handles<DeleteParameterRequest, Loaded, DeleteParameterResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly changes: ParameterChanges,
    private readonly work: UnitOfWork,
  ) {}

  async load(input: Valid<DeleteParameterRequest>, call: Call): Promise<Loaded> {
    const reference = referenceOf(input.Name, call);
    const [found] = await this.parameters.find([reference]);
    return { on: [actedParameter(reference, found)], reference, found };
  }

  async handle(_input: Valid<DeleteParameterRequest>, { reference, found }: Loaded, call: Call) {
    // A version cannot be deleted by itself.
    if (!found || reference.selector !== undefined) throw parameterNotFound(reference.text);

    return this.work.commit(call, async (tx) => {
      const [gone] = await this.changes.remove(tx, call, [reference.path]);
      if (!gone) throw parameterNotFound(reference.text);
      tx.announce(parameterDeleted(call, gone));
      return {};
    });
  }
}
