import type { RollbackParameterRequest, RollbackParameterResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, unavailable } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { parameterNotFound, versionNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import { rolledBack, tierAfterRollback } from '../domain/rolled-back.js';
import type { StoredTier } from '../domain/tier.js';
import { parameterChanged } from '../events.js';
import { ParameterCipher, type Sealing, type Values } from '../parameter-cipher.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { Parameters } from '../store/parameters.js';
import { type WholeVersion, WholeVersions } from '../store/whole-versions.js';

interface Loaded extends Acted, WholeVersion {
  readonly reference: Reference;
  readonly values: Values;
  /** What a secret is sealed with anew, and for which tier that was decided: it is bound to the number of its version. */
  readonly sealing: Sealing | undefined;
  readonly tier: StoredTier | undefined;
}

/** Nothing is taken back: the earlier content becomes a new version, and stays in the history where it was. */
@Operation('muster', 'RollbackParameter')
export class RollbackParameter implements Handles<RollbackParameterRequest, Loaded, RollbackParameterResult> {
  constructor(
    private readonly versions: WholeVersions,
    private readonly parameters: Parameters,
    private readonly changes: ParameterChanges,
    private readonly cipher: ParameterCipher,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  async load(input: Valid<RollbackParameterRequest>, call: Call): Promise<Loaded> {
    const reference = referenceOf(`${input.Name}:${input.Selector}`, call);
    const { found, version } = await this.versions.of(reference);
    const { current } = await this.parameters.current(call, reference.path);
    const resource = { arn: reference.arn, tags: found?.tags ?? {} };
    const values = await this.cipher.values(call, true, found && version ? [{ ...found, version }] : []);
    const sealing = version?.keyId ? await this.cipher.sealing(call, version.keyId) : undefined;
    const tier = version && current ? tierAfterRollback(current.tier, version.tier) : undefined;
    return {
      on: [
        resource,
        { ...resource, action: 'ssm:GetParameterHistory' },
        { ...resource, action: 'ssm:PutParameter', context: { 'ssm:Overwrite': 'true' } },
        ...values.on,
        ...(sealing && tier ? this.cipher.sealingNeeds(call, sealing, reference.arn, tier) : []),
      ],
      reference,
      found,
      version,
      values,
      sealing,
      tier,
    };
  }

  async handle(input: Valid<RollbackParameterRequest>, loaded: Loaded, call: Call): Promise<RollbackParameterResult> {
    const { reference, found, version, values, sealing } = loaded;
    if (!found) throw parameterNotFound(input.Name);
    if (!version) throw versionNotFound(found, reference);

    return this.work.commit(call, async (tx): Promise<RollbackParameterResult> => {
      const there = await this.changes.lock(tx, call, found.path);
      if (!there) throw parameterNotFound(input.Name);
      const kept = sealing
        ? this.cipher.seal(sealing, call, found.path, there.version + 1, values.of(version))
        : version.value;
      const now = this.clock.now();
      const content = rolledBack(there.newest, version, kept, now);
      if (sealing && content.tier !== loaded.tier) {
        throw unavailable(`${found.name} was changed at the same moment: try again.`);
      }
      const author = { arn: call.caller.arn, at: now };
      const number = await this.changes.addVersion(tx, there, content, author, this.config.versionsPerParameter);
      const { type, description } = content;
      const data = { name: there.name, type, operation: 'Update' as const };
      tx.announce(parameterChanged(call, reference.arn, { ...data, ...(description === null ? {} : { description }) }));
      return { Version: number, RestoredVersion: version.number, Tier: content.tier };
    });
  }
}
