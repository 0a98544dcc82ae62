import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { requestTags } from '@muster/iam';
import { Clock, type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import { AllowedPatterns } from '../allowed-patterns.js';
import type { ParametersConfig } from '../config.js';
import { type VersionContent, keyFor, nextVersion } from '../domain/next-version.js';
import { nameToWrite, parameterArn, pathOf } from '../domain/parameter-name.js';
import { meansNoPolicies } from '../domain/parameter-policies.js';
import { checkPutRequest } from '../domain/put-rules.js';
import { tagsOf } from '../domain/tags.js';
import { type StoredTier, type TierPolicy, asksHowMany, chosenTier } from '../domain/tier.js';
import { type ParameterOperation, parameterChanged } from '../events.js';
import { ParameterCipher, type Sealing } from '../parameter-cipher.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { type CurrentParameter, Parameters } from '../store/parameters.js';

interface Place extends Acted {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** What the value is tried against. */
  readonly pattern: string | null;
  /** What it is sealed with, if it is a secret, and the tier on which the decision was made. */
  readonly sealing: Sealing | undefined;
  readonly tier: StoredTier;
  readonly tiers: TierPolicy;
}

@Operation('ssm', 'PutParameter')
export class PutParameter implements Handles<PutParameterRequest, Place, PutParameterResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly changes: ParameterChanges,
    private readonly cipher: ParameterCipher,
    private readonly patterns: AllowedPatterns,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  async load(input: Valid<PutParameterRequest>, call: Call): Promise<Place> {
    const name = nameToWrite(input.Name, call);
    const path = pathOf(name);
    const arn = parameterArn(call, path);
    const { current, tiers } = await this.current(input, path, call);
    const asked = requestTags(input.Tags ?? []);
    const tagged = input.Tags?.length ? [{ arn, action: 'ssm:AddTagsToResource', context: asked }] : [];
    const context = {
      'ssm:Overwrite': String(input.Overwrite ?? false),
      ...(input.Policies === undefined ? {} : { 'ssm:Policies': input.Policies }),
      ...asked,
    };
    const tier = chosenTier({
      asked: input.Tier,
      current: current?.tier,
      valueBytes: Buffer.byteLength(input.Value),
      hasPolicies: input.Policies !== undefined && !meansNoPolicies(input.Policies),
      tiers,
    });
    const sealing = await this.sealingOf(input, current, call);
    const keyUse = sealing ? this.cipher.sealingNeeds(call, sealing, arn, tier) : [];
    return {
      on: [{ arn, tags: current?.tags ?? {}, context }, ...tagged, ...keyUse],
      name,
      path,
      arn,
      pattern: (input.AllowedPattern ?? current?.allowedPattern) || null,
      sealing,
      tier,
      tiers,
    };
  }

  async handle(input: Valid<PutParameterRequest>, loaded: Place, call: Call): Promise<PutParameterResult> {
    checkPutRequest(input, this.clock.now());
    for (let place = loaded; ;) {
      // Before the transaction: it may take a while.
      if (place.pattern !== null) await this.patterns.check(place.pattern, input.Value);
      try {
        const apart = { scope: `${call.account} ${call.region}`, thing: place.path };
        return await this.work.commit(call, (tx) => this.put(tx, input, place, call), apart);
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
        place = await this.load(input, call);
        await call.mayAct(place.on, { demand: true });
      }
    }
  }

  private async current(input: Valid<PutParameterRequest>, path: string, call: Call) {
    const { current, defaultTier: byDefault } = await this.parameters.current(call, path);
    const most = this.config.standardParameters;
    const standardIsFull =
      asksHowMany({ asked: input.Tier, current: current?.tier, byDefault }) &&
      (await this.parameters.countStandard(call, most)) >= most;
    return { current, tiers: { byDefault, standardIsFull } };
  }

  private async sealingOf(
    input: Valid<PutParameterRequest>,
    current: CurrentParameter | undefined,
    call: Call,
  ): Promise<Sealing | undefined> {
    const type = input.Type ?? current?.type;
    if (type !== 'SecureString') return undefined;
    return this.cipher.sealing(call, keyFor(type, input.KeyId, current?.keyId)!);
  }

  private async put(tx: Tx, input: Valid<PutParameterRequest>, place: Place, call: Call): Promise<PutParameterResult> {
    const author = { arn: call.caller.arn, at: this.clock.now() };
    let there = await this.changes.lock(tx, call, place.path);
    if (!there) {
      const content = this.sealed(nextVersion(input, undefined, place.tiers), place, call, 1);
      const what = { name: place.name, tags: tagsOf(input.Tags), content };
      if (await this.changes.create(tx, call, what, author)) {
        this.announce(tx, place, call, place.name, content, 'Create');
        return { Version: 1, Tier: content.tier };
      }
      // Somebody else has just made it, and has committed: it can be locked now.
      there = await this.changes.lock(tx, call, place.path);
      if (!there) throw new Error('a parameter came and went within one call');
    }
    const content = this.sealed(nextVersion(input, there.newest, place.tiers), place, call, there.version + 1);
    const number = await this.changes.addVersion(tx, there, content, author, this.config.versionsPerParameter);
    this.announce(tx, place, call, there.name, content, 'Update');
    return { Version: number, Tier: content.tier };
  }

  /** What is written of a version. @throws Overtaken when it is another one than was tried and decided on */
  private sealed(content: VersionContent, place: Place, call: Call, number: number): VersionContent {
    const { sealing } = place;
    if (content.allowedPattern !== place.pattern || content.keyId !== (sealing?.keyId ?? null)) throw new Overtaken();
    if (!sealing) return content;
    if (content.tier !== place.tier) throw new Overtaken();
    return { ...content, value: this.cipher.seal(sealing, call, place.path, number, content.value) };
  }

  private announce(
    tx: Tx,
    place: Place,
    call: Call,
    name: string,
    { type, description }: VersionContent,
    operation: ParameterOperation,
  ): void {
    const data = { name, type, operation, ...(description === null ? {} : { description }) };
    tx.announce(parameterChanged(call, place.arn, data));
  }
}

/** Meanwhile the parameter has got another pattern, key, type or tier than the value was tried and decided with. */
class Overtaken extends Error {}
