import type { UnlabelParameterVersionRequest, UnlabelParameterVersionResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { parameterNotFound, versionNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import { versionLabelled } from '../domain/version-labelled.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { ParameterLabels } from '../store/parameter-labels.js';
import { type FoundParameter, Parameters } from '../store/parameters.js';

interface Loaded extends Acted {
  readonly reference: Reference;
  readonly found: FoundParameter | undefined;
}

@Operation('ssm', 'UnlabelParameterVersion')
export class UnlabelParameterVersion implements Handles<
  UnlabelParameterVersionRequest,
  Loaded,
  UnlabelParameterVersionResult
> {
  constructor(
    private readonly parameters: Parameters,
    private readonly changes: ParameterChanges,
    private readonly labels: ParameterLabels,
    private readonly work: UnitOfWork,
  ) {}

  async load(input: Valid<UnlabelParameterVersionRequest>, call: Call): Promise<Loaded> {
    const reference = referenceOf(input.Name, call);
    const [found] = await this.parameters.find([reference]);
    return { on: [{ arn: reference.arn, tags: found?.tags ?? {} }], reference, found };
  }

  async handle(input: Valid<UnlabelParameterVersionRequest>, { reference, found }: Loaded, call: Call) {
    if (!found || reference.selector !== undefined) throw parameterNotFound(reference.text);
    const asked = [...new Set(input.Labels)];

    return this.work.commit(call, async (tx): Promise<UnlabelParameterVersionResult> => {
      const there = await this.changes.lock(tx, call, reference.path);
      if (!there) throw parameterNotFound(reference.text);
      const number = input.ParameterVersion;
      if (!(await this.labels.hasVersion(tx, there.id, number))) throw versionNotFound(there, { version: number });

      const gone = await this.labels.remove(tx, there.id, number, asked);
      if (gone.length > 0) {
        const what = { operation: 'UnlabelParameterVersion', version: number, labels: gone } as const;
        tx.announce(versionLabelled(call, reference.arn, there, what));
      }
      return {
        RemovedLabels: asked.filter((label) => gone.includes(label)),
        InvalidLabels: asked.filter((label) => !gone.includes(label)),
      };
    });
  }
}
