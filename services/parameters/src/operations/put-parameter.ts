import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, SweepWaker, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { requestTags } from '@muster/iam';
import { Clock, type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import { AllowedPatterns } from '../allowed-patterns.js';
import type { ParametersConfig } from '../config.js';
import { IMAGE } from '../domain/data-type.js';
import { type VersionContent, keyFor } from '../domain/next-version.js';
import { nameToWrite, parameterArn, pathOf } from '../domain/parameter-name.js';
import { meansNoPolicies } from '../domain/parameter-policies.js';
import { checkPutRequest } from '../domain/put-rules.js';
import { type StoredTier, type TierPolicy, asksHowMany, chosenTier } from '../domain/tier.js';
import { ParameterCipher, type Sealing } from '../parameter-cipher.js';
import { ParameterPuts } from '../parameter-puts.js';
import { type CurrentParameter, Parameters } from '../store/parameters.js';
import { PendingImages } from '../store/pending-images.js';

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
  readonly isImage: boolean;
}

/** As AWS: who may not see images, puts none; that is said when the image is looked for. */
const SEE_IMAGES = { arn: '*', action: 'ec2:DescribeImages' };

@Operation('ssm', 'PutParameter')
export class PutParameter implements Handles<PutParameterRequest, Place, PutParameterResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly puts: ParameterPuts,
    private readonly images: PendingImages,
    private readonly cipher: ParameterCipher,
    private readonly patterns: AllowedPatterns,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    private readonly waker: SweepWaker,
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
      isImage: (input.DataType ?? current?.dataType) === IMAGE,
    };
  }

  async handle(input: Valid<PutParameterRequest>, loaded: Place, call: Call): Promise<PutParameterResult> {
    checkPutRequest(input, this.clock.now());
    for (let place = loaded; ;) {
      // Before the transaction: it may take a while.
      if (place.pattern !== null) await this.patterns.check(call.account, place.pattern, input.Value);
      try {
        const apart = { scope: `${call.account} ${call.region}`, thing: place.path };
        const maySee = place.isImage && (await call.mayAct([SEE_IMAGES])).length > 0;
        return await this.work.commit(call, (tx) => this.put(tx, input, place, call, maySee), apart);
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

  private put(
    tx: Tx,
    input: Valid<PutParameterRequest>,
    place: Place,
    call: Call,
    maySee: boolean,
  ): Promise<PutParameterResult> {
    const { name, path } = place;
    const author = { arn: call.caller.arn, at: this.clock.now() };
    return this.puts.put(tx, {
      scope: { account: call.account, region: call.region },
      name,
      path,
      input,
      author,
      tiers: place.tiers,
      finish: (content, number) => this.sealed(content, place, call, number),
      imageFirst: async ({ tier }) => {
        // The tier is decided, and answered.
        const decided = { ...input, Tier: tier };
        await this.images.add(tx, call, { path, name, input: decided, author: author.arn, maySee }, author.at);
        tx.afterCommit(() => this.waker.wake('parameters.images'));
      },
    });
  }

  /** What is written of a version. @throws Overtaken when it is another one than was tried and decided on */
  private sealed(content: VersionContent, place: Place, call: Call, number: number): VersionContent {
    const { sealing } = place;
    if (content.allowedPattern !== place.pattern || content.keyId !== (sealing?.keyId ?? null)) throw new Overtaken();
    if ((content.dataType === IMAGE) !== place.isImage) throw new Overtaken();
    if (!sealing) return content;
    if (content.tier !== place.tier) throw new Overtaken();
    return { ...content, value: this.cipher.seal(sealing, call, place.path, number, content.value) };
  }
}

/** Meanwhile the parameter has got another pattern, key, type or tier than the value was tried and decided with. */
class Overtaken extends Error {}
