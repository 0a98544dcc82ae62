import type { DeleteParametersRequest, DeleteParametersResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { actedParameter } from '../domain/acted-parameter.js';
import { parameterDeleted } from '../domain/parameter-deleted.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import { sortReferences } from '../domain/sort-references.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { Parameters } from '../store/parameters.js';

interface Loaded extends Acted {
  readonly references: readonly Reference[];
  readonly malformed: readonly string[];
}

@Operation('ssm', 'DeleteParameters')
export class DeleteParameters implements Handles<DeleteParametersRequest, Loaded, DeleteParametersResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly changes: ParameterChanges,
    private readonly work: UnitOfWork,
  ) {}

  async load(input: Valid<DeleteParametersRequest>, call: Call): Promise<Loaded> {
    const { references, malformed } = sortReferences(input.Names, call, referenceOf);
    const found = await this.parameters.find(references);
    const on = references.map((reference, index) => actedParameter(reference, found[index]));
    return { on, references, malformed };
  }

  async handle(_input: Valid<DeleteParametersRequest>, { references, malformed }: Loaded, call: Call) {
    const here = references.filter((each) => !each.elsewhere && each.selector === undefined);
    return this.work.commit(call, async (tx) => {
      const gone = await this.changes.remove(
        tx,
        call,
        here.map((each) => each.path),
      );
      tx.announce(...gone.map((each) => parameterDeleted(call, each)));

      const deleted = new Set(gone.map((each) => each.path));
      const isGone = (each: Reference) => here.includes(each) && deleted.has(each.path);
      return {
        DeletedParameters: references.filter(isGone).map((each) => each.text),
        InvalidParameters: [...references.filter((each) => !isGone(each)).map((each) => each.text), ...malformed],
      };
    });
  }
}
