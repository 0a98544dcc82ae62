import {
  ApiError,
  type ExportedParameter,
  type ImportParametersRequest,
  type ImportParametersResult,
} from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, unavailable } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { type Resource, requestTags } from '@muster/iam';
import { sealedBy } from '@muster/keys';
import { Clock, type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import { AllowedPatterns } from '../allowed-patterns.js';
import type { ParametersConfig } from '../config.js';
import { contentOf, isUnchanged, labelsIn, putRequestOf, tagsIn } from '../domain/import-entry.js';
import { newPlace } from '../domain/new-places.js';
import { type VersionContent, nextVersion } from '../domain/next-version.js';
import { type ParameterDocument, parseParameterDocument } from '../domain/parameter-document.js';
import { nameToWrite, parameterArn, pathOf } from '../domain/parameter-name.js';
import { levelOf } from '../domain/path-level.js';
import { checkPutRequest } from '../domain/put-rules.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import type { Tags } from '../domain/tags.js';
import type { TierPolicy } from '../domain/tier.js';
import { parameterChanged } from '../events.js';
import { type KeptVersion, ParameterCipher, type Sealing, type Values } from '../parameter-cipher.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { ParameterCopies, type WholeParameter } from '../store/parameter-copies.js';
import { ParameterLabels } from '../store/parameter-labels.js';
import { Parameters } from '../store/parameters.js';

const DECIDED_AT_ONCE = 200;

/** One parameter of the document, and what is there now. */
interface Entry {
  readonly given: ExportedParameter;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly current: WholeParameter | undefined;
  readonly sealed: KeptVersion['version'] | undefined;
}

interface Loaded extends Acted {
  readonly entries: readonly Entry[];
  readonly values: Values;
  readonly tiers: TierPolicy;
}

/** What is done with an entry, decided and checked, and not yet written. */
interface Step extends Entry {
  readonly content: VersionContent;
  readonly sealing: Sealing | undefined;
  readonly tags: Tags | undefined;
  readonly labels: readonly string[];
}

/** By the rules of PutParameter, all or none. */
@Operation('muster', 'ImportParameters')
export class ImportParameters implements Handles<ImportParametersRequest, Loaded, ImportParametersResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly copies: ParameterCopies,
    private readonly changes: ParameterChanges,
    private readonly labels: ParameterLabels,
    private readonly cipher: ParameterCipher,
    private readonly patterns: AllowedPatterns,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  async load(input: Valid<ImportParametersRequest>, call: Call): Promise<Loaded> {
    const document = parseParameterDocument(input.Document);
    const most = this.config.parametersPerCall;
    if (document.parameters.length > most) {
      throw new ApiError(
        'TooManyParameters',
        `One call imports ${most} parameters at most: import the document in parts.`,
      );
    }
    const places = placesOf(document, input.Path, call);
    const present = await this.copies.of(
      call,
      places.map((each) => each.path),
    );
    const entries = places.map(({ given, name, path }) => ({
      given,
      name,
      path,
      arn: parameterArn(call, path),
      current: present.get(path),
      sealed: sealedIn(given),
    }));
    const values = await this.cipher.values(
      call,
      true,
      entries.flatMap((each) => keptIn(each, call)),
    );
    return { on: [], decidesLater: true, entries, values, tiers: await this.tiersFor(entries, call) };
  }

  async handle(input: Valid<ImportParametersRequest>, loaded: Loaded, call: Call): Promise<ImportParametersResult> {
    const { entries, values } = loaded;
    await demand(call, [{ arn: parameterArn(call, '/') }, ...entries.map(({ arn }) => ({ arn })), ...values.on]);
    const there = entries.filter((each) => each.current);
    const mode = input.Mode ?? 'Fail';
    if (mode === 'Fail' && there.length > 0) {
      throw new ApiError(
        'ParameterAlreadyExists',
        `Nothing was imported, because these exist already: ${named(there)}. Mode Skip leaves them, Overwrite changes them.`,
      );
    }
    const wanted = mode === 'Skip' ? entries.filter((each) => !each.current) : entries;
    const steps: Step[] = [];
    for (const entry of wanted) steps.push(await this.step(entry, loaded, call));
    await demand(
      call,
      steps.flatMap((step) => this.needsOf(step, call)),
    );
    const isChange = ({ current, content, tags, labels }: Step) =>
      current === undefined || !isUnchanged(current, content, tags, labels);
    const changing = steps.filter(isChange).sort((a, b) => (a.path < b.path ? -1 : 1));
    const result: ImportParametersResult = {
      Created: changing.filter((each) => !each.current).map((each) => each.name),
      Updated: changing.filter((each) => each.current).map((each) => each.name),
      Unchanged: steps.filter((each) => !isChange(each)).map((each) => each.name),
      Skipped: mode === 'Skip' ? there.map((each) => each.name) : [],
    };
    if (input.DryRun) return result;
    return this.work.commit(call, async (tx) => {
      for (const step of changing) await this.put(tx, step, call);
      return result;
    });
  }

  /** Checks an entry as PutParameter would. */
  private async step(entry: Entry, { values, tiers }: Loaded, call: Call): Promise<Step> {
    const { given, name, current, sealed } = entry;
    const request = putRequestOf(given, name, sealed ? opened(values, sealed, name) : given.Value!, current);
    checkPutRequest(request, this.clock.now());
    const put = nextVersion(request, current && contentOf(current), tiers);
    // An import makes the whole of what the document says: what it leaves out is not there.
    const content = { ...put, description: given.Description ?? null };
    if (content.allowedPattern !== null) await this.patterns.check(call.account, content.allowedPattern, content.value);
    const sealing = content.keyId === null ? undefined : await this.cipher.sealing(call, content.keyId);
    return { ...entry, content, sealing, tags: tagsIn(given), labels: labelsIn(given) };
  }

  private needsOf({ arn, current, content, sealing, tags, labels, given }: Step, call: Call): Resource[] {
    const resource = { arn, tags: current?.tags ?? {} };
    const asked = requestTags(Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value })));
    const removed = tags && current ? Object.keys(current.tags).filter((key) => !Object.hasOwn(tags, key)) : [];
    const context = {
      'ssm:Overwrite': String(current !== undefined),
      ...(given.Policies === undefined ? {} : { 'ssm:Policies': given.Policies }),
      ...asked,
    };
    return [
      { ...resource, action: 'ssm:PutParameter', context },
      ...(tags && Object.keys(tags).length > 0
        ? [{ ...resource, action: 'ssm:AddTagsToResource', context: asked }]
        : []),
      ...(removed.length > 0
        ? [{ ...resource, action: 'ssm:RemoveTagsFromResource', context: { 'aws:TagKeys': removed } }]
        : []),
      ...(labels.length > 0 ? [{ ...resource, action: 'ssm:LabelParameterVersion' }] : []),
      ...(sealing ? this.cipher.sealingNeeds(call, sealing, arn, content.tier) : []),
    ];
  }

  private async put(tx: Tx, step: Step, call: Call): Promise<void> {
    const { name, path, arn, current, content, sealing, tags, labels } = step;
    const author = { arn: call.caller.arn, at: this.clock.now() };
    const kept = (number: number): VersionContent =>
      sealing ? { ...content, value: this.cipher.seal(sealing, call, path, number, content.value) } : content;
    if (!current && !(await this.changes.create(tx, call, { name, tags: tags ?? {}, content: kept(1) }, author))) {
      throw changedMeanwhile(name);
    }
    const there = current || labels.length > 0 ? await this.changes.lock(tx, call, path) : undefined;
    if (current) {
      if (!there || there.version !== Number(current.number)) throw changedMeanwhile(name);
      await this.changes.addVersion(tx, there, kept(there.version + 1), author, this.config.versionsPerParameter);
      if (tags) await this.changes.setTags(tx, there, tags);
    }
    if (there && labels.length > 0) {
      await this.labels.move(tx, there.id, current ? there.version + 1 : 1, labels);
    }
    const { type, description } = content;
    const operation = current ? ('Update' as const) : ('Create' as const);
    const data = { name: current?.name ?? name, type, operation, ...(description === null ? {} : { description }) };
    tx.announce(parameterChanged(call, arn, data));
  }

  private async tiersFor(entries: readonly Entry[], call: Call): Promise<TierPolicy> {
    const { defaultTier } = await this.parameters.current(call, entries[0]?.path ?? '/');
    const counts = entries.some(
      ({ current, given }) => !current && (given.Tier ?? defaultTier) === 'Intelligent-Tiering',
    );
    const most = this.config.standardParameters;
    return {
      byDefault: defaultTier,
      standardIsFull: counts && (await this.parameters.countStandard(call, most)) >= most,
    };
  }
}

function placesOf(document: ParameterDocument, to: string | undefined, call: Call) {
  const seen = new Set<string>();
  if (to !== undefined && document.path === undefined) {
    throw new ApiError('InvalidParameterDocument', 'The document says no Path: it can only be imported where it was.');
  }
  return document.parameters.map((given) => {
    const name =
      to === undefined
        ? nameToWrite(given.Name, call)
        : newPlace(call, levelOf(document.path!), levelOf(to), pathOf(given.Name)).name;
    const path = pathOf(name);
    if (seen.has(path)) throw new ApiError('InvalidParameterDocument', `The document has ${name} twice.`);
    seen.add(path);
    return { given, name, path };
  });
}

function sealedIn(given: ExportedParameter): KeptVersion['version'] | undefined {
  if (given.SealedValue === undefined) return undefined;
  if (given.Type !== 'SecureString' || !given.ARN || !given.Version || !given.KeyId || !sealedBy(given.SealedValue)) {
    throw new ApiError(
      'InvalidParameterDocument',
      `${given.Name}: a sealed value needs the Type SecureString and the ARN, Version and KeyId that it was exported with.`,
    );
  }
  return { number: given.Version, type: 'SecureString', value: given.SealedValue, keyId: given.KeyId };
}

/** Where a sealed value lay: it is bound to that. */
function keptIn({ given, sealed }: Entry, call: Call): KeptVersion[] {
  if (!sealed) return [];
  const from: Reference = referenceOf(given.ARN!, call);
  if (from.elsewhere || from.selector !== undefined) {
    throw new ApiError(
      'InvalidParameterDocument',
      `${given.Name} is sealed for another account or region: export it there WithDecryption.`,
    );
  }
  return [{ owner: call, path: from.path, version: sealed }];
}

function opened(values: Values, sealed: KeptVersion['version'], name: string): string {
  try {
    return values.of(sealed);
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    const why = `${name}: the sealed value can't be opened: it, its ARN or its Version was changed.`;
    throw new ApiError('InvalidParameterDocument', why, { cause });
  }
}

async function demand(call: Call, resources: readonly Resource[]): Promise<void> {
  for (let at = 0; at < resources.length; at += DECIDED_AT_ONCE) {
    await call.mayAct(resources.slice(at, at + DECIDED_AT_ONCE), { demand: true });
  }
}

function changedMeanwhile(name: string): ApiError {
  return unavailable(`${name} was changed at the same moment: try again.`);
}

function named(entries: readonly Entry[]): string {
  const shown = entries.slice(0, 10).map((each) => each.name);
  const more = entries.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
