import type { WithdrawParameterRequest, WithdrawParameterResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { mayPublish } from '../domain/may-publish.js';
import { parameterArn, publicScope } from '../domain/parameter-name.js';
import { parameterNotFound } from '../domain/parameter-shape.js';
import { listEntry, publicNameToWrite } from '../domain/public-parameters.js';
import { publicParameterChanged } from '../events.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { PublicParameters } from '../store/public-parameters.js';

interface Place extends Acted {
  readonly path: string;
  readonly arn: string;
}

/** Takes a public parameter back, and its folder from the list when it was the last one there. */
@Operation('muster', 'WithdrawParameter')
export class WithdrawParameter implements Handles<WithdrawParameterRequest, Place, WithdrawParameterResult> {
  constructor(
    private readonly changes: ParameterChanges,
    private readonly published: PublicParameters,
    private readonly work: UnitOfWork,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  load(input: Valid<WithdrawParameterRequest>, call: Call): Place {
    const path = publicNameToWrite(input.Name);
    const arn = parameterArn(publicScope(call), path);
    return { on: [{ arn }], path, arn };
  }

  async handle(_input: Valid<WithdrawParameterRequest>, { path, arn }: Place, call: Call) {
    mayPublish(call, arn, this.config.publisherAccounts);
    const scope = publicScope(call);
    return this.work.commit(call, async (tx) => {
      const [gone] = await this.changes.remove(tx, scope, [path]);
      if (!gone) throw parameterNotFound(path);
      const entry = listEntry(path);
      if (entry && (await this.published.isEmpty(tx, scope, entry.value))) {
        await this.changes.remove(tx, scope, [entry.path]);
      }
      tx.announce(publicParameterChanged(call, arn, { name: path, type: gone.type, operation: 'Delete' }));
      return {};
    });
  }
}
