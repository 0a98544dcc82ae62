import type { RollbackParameterRequest, RollbackParameterResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { parameterNotFound, versionNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import { rolledBack } from '../domain/rolled-back.js';
import { parameterChanged } from '../events.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { type WholeVersion, WholeVersions } from '../store/whole-versions.js';

interface Loaded extends Acted, WholeVersion {
  readonly reference: Reference;
}

/** Nothing is taken back: the earlier content becomes a new version, and stays in the history where it was. */
@Operation('muster', 'RollbackParameter')
export class RollbackParameter implements Handles<RollbackParameterRequest, Loaded, RollbackParameterResult> {
  constructor(
    private readonly versions: WholeVersions,
    private readonly changes: ParameterChanges,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  async load(input: Valid<RollbackParameterRequest>, call: Call): Promise<Loaded> {
    const reference = referenceOf(`${input.Name}:${input.Selector}`, call);
    const whole = await this.versions.of(reference);
    const resource = { arn: reference.arn, tags: whole.found?.tags ?? {} };
    return {
      on: [
        resource,
        { ...resource, action: 'ssm:GetParameterHistory' },
        { ...resource, action: 'ssm:PutParameter', context: { 'ssm:Overwrite': 'true' } },
      ],
      reference,
      ...whole,
    };
  }

  async handle(input: Valid<RollbackParameterRequest>, { reference, found, version }: Loaded, call: Call) {
    if (!found) throw parameterNotFound(input.Name);
    if (!version) throw versionNotFound(found, reference);

    return this.work.commit(call, async (tx): Promise<RollbackParameterResult> => {
      const there = await this.changes.lock(tx, call, found.path);
      if (!there) throw parameterNotFound(input.Name);
      const content = rolledBack(there.newest, version);
      const author = { arn: call.caller.arn, at: this.clock.now() };
      const number = await this.changes.addVersion(tx, there, content, author, this.config.versionsPerParameter);
      const { type, description } = content;
      const data = { name: there.name, type, operation: 'Update' as const };
      tx.announce(parameterChanged(call, reference.arn, { ...data, ...(description === null ? {} : { description }) }));
      return { Version: number, RestoredVersion: version.number, Tier: content.tier };
    });
  }
}
