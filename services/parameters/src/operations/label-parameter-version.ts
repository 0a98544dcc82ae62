import type { LabelParameterVersionRequest, LabelParameterVersionResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { LABELS_MAX, sortLabels } from '../domain/labels.js';
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

@Operation('ssm', 'LabelParameterVersion')
export class LabelParameterVersion implements Handles<
  LabelParameterVersionRequest,
  Loaded,
  LabelParameterVersionResult
> {
  constructor(
    private readonly parameters: Parameters,
    private readonly changes: ParameterChanges,
    private readonly labels: ParameterLabels,
    private readonly work: UnitOfWork,
  ) {}

  async load(input: Valid<LabelParameterVersionRequest>, call: Call): Promise<Loaded> {
    const reference = referenceOf(input.Name, call);
    const [found] = await this.parameters.find([reference]);
    return { on: [{ arn: reference.arn, tags: found?.tags ?? {} }], reference, found };
  }

  async handle(input: Valid<LabelParameterVersionRequest>, { reference, found }: Loaded, call: Call) {
    if (!found || reference.selector !== undefined) throw parameterNotFound(reference.text);
    const { wellFormed, malformed } = sortLabels(input.Labels);

    return this.work.commit(call, async (tx): Promise<LabelParameterVersionResult> => {
      const there = await this.changes.lock(tx, call, reference.path);
      if (!there) throw parameterNotFound(reference.text);
      const number = input.ParameterVersion ?? there.version;
      if (!(await this.labels.hasVersion(tx, there.id, number))) throw versionNotFound(there, { version: number });

      const { moved, count } = await this.labels.move(tx, there.id, number, wellFormed);
      if (count > LABELS_MAX) throw tooManyLabels();
      if (moved.length > 0) {
        const what = { operation: 'LabelParameterVersion', version: number, labels: moved } as const;
        tx.announce(versionLabelled(call, reference.arn, there, what));
      }
      return { ParameterVersion: number, InvalidLabels: malformed };
    });
  }
}

function tooManyLabels(): ApiError {
  return new ApiError(
    'ParameterVersionLabelLimitExceeded',
    `A parameter version can have maximum ${LABELS_MAX} labels.Move one or more labels to another version and try again.`,
  );
}
