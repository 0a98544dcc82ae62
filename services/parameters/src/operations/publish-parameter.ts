import type { PublishParameterRequest, PublishParameterResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { mayPublish } from '../domain/may-publish.js';
import type { VersionContent } from '../domain/next-version.js';
import { parameterArn, publicScope } from '../domain/parameter-name.js';
import { listEntry, publicNameToWrite } from '../domain/public-parameters.js';
import { tierFor } from '../domain/tier.js';
import { publicParameterChanged } from '../events.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { PublicParameters } from '../store/public-parameters.js';

interface Place extends Acted {
  readonly path: string;
  readonly arn: string;
}

/** Makes a parameter that everybody may read, or gives it a new version; one that says the same already stays as it is. */
@Operation('muster', 'PublishParameter')
export class PublishParameter implements Handles<PublishParameterRequest, Place, PublishParameterResult> {
  constructor(
    private readonly changes: ParameterChanges,
    private readonly published: PublicParameters,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  load(input: Valid<PublishParameterRequest>, call: Call): Place {
    const path = publicNameToWrite(input.Name);
    const arn = parameterArn(publicScope(call), path);
    return { on: [{ arn }], path, arn };
  }

  async handle(input: Valid<PublishParameterRequest>, place: Place, call: Call): Promise<PublishParameterResult> {
    mayPublish(call, place.arn, this.config.publisherAccounts);
    const content = contentOf(input);
    return this.work.commit(call, async (tx) => {
      const Version = await this.put(tx, place, call, content);
      return { Name: place.path, ARN: place.arn, Version };
    });
  }

  private async put(tx: Tx, { path, arn }: Place, call: Call, content: VersionContent): Promise<number> {
    const scope = publicScope(call);
    const author = { arn: call.caller.arn, at: this.clock.now() };
    const announce = (operation: 'Create' | 'Update', version: number) =>
      tx.announce(publicParameterChanged(call, arn, { name: path, type: content.type, version, operation }));

    let there = await this.changes.lock(tx, scope, path);
    if (!there) {
      if (await this.changes.create(tx, scope, { name: path, tags: {}, content }, author)) {
        announce('Create', 1);
        const entry = listEntry(path);
        if (entry) await this.published.publish(tx, call.region, [entry], author);
        return 1;
      }
      there = await this.changes.lock(tx, scope, path);
      if (!there) throw new Error('a public parameter came and went within one call');
    }
    const { type, value, description } = there.newest;
    if (type === content.type && value === content.value && description === content.description) return there.version;
    const version = await this.changes.addVersion(tx, there, content, author, this.config.versionsPerParameter);
    announce('Update', version);
    return version;
  }
}

function contentOf(input: Valid<PublishParameterRequest>): VersionContent {
  const tiers = { byDefault: 'Intelligent-Tiering', standardIsFull: false } as const;
  const valueBytes = Buffer.byteLength(input.Value);
  return {
    type: input.Type ?? 'String',
    value: input.Value,
    keyId: null,
    tier: tierFor({ asked: undefined, current: undefined, valueBytes, hasPolicies: false, tiers }),
    dataType: 'text',
    description: input.Description ?? null,
    allowedPattern: null,
    policies: [],
  };
}
