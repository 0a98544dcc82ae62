import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import { AllowedPatterns } from '../allowed-patterns.js';
import type { ParametersConfig } from '../config.js';
import { type VersionContent, nextVersion } from '../domain/next-version.js';
import { nameToWrite, parameterArn, pathOf } from '../domain/parameter-name.js';
import { checkPutRequest, tagsOf } from '../domain/put-rules.js';
import { type ParameterOperation, parameterChanged } from '../events.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { Parameters } from '../store/parameters.js';

interface Place extends Acted {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly allowedPattern: string | null;
}

@Operation('ssm', 'PutParameter')
export class PutParameter implements Handles<PutParameterRequest, Place, PutParameterResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly changes: ParameterChanges,
    private readonly patterns: AllowedPatterns,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  async load(input: Valid<PutParameterRequest>, call: Call): Promise<Place> {
    const name = nameToWrite(input.Name, call);
    const path = pathOf(name);
    const arn = parameterArn(call, path);
    const current = await this.parameters.current(call, path);
    const tagged = input.Tags?.length ? [{ arn, action: 'ssm:AddTagsToResource' }] : [];
    const context = { 'ssm:Overwrite': String(input.Overwrite ?? false) };
    return {
      on: [{ arn, tags: current?.tags ?? {}, context }, ...tagged],
      name,
      path,
      arn,
      allowedPattern: current?.allowedPattern ?? null,
    };
  }

  async handle(input: Valid<PutParameterRequest>, place: Place, call: Call): Promise<PutParameterResult> {
    checkPutRequest(input);
    // A pattern is tried before the transaction: it may take a while. One that changes meanwhile is tried anew.
    let pattern = (input.AllowedPattern ?? place.allowedPattern) || null;
    for (;;) {
      if (pattern !== null) await this.patterns.check(pattern, input.Value);
      try {
        return await this.work.commit(call, (tx) => this.put(tx, input, place, call, pattern));
      } catch (error) {
        if (!(error instanceof PatternChanged)) throw error;
        pattern = error.pattern;
      }
    }
  }

  private async put(
    tx: Tx,
    input: Valid<PutParameterRequest>,
    place: Place,
    call: Call,
    tried: string | null,
  ): Promise<PutParameterResult> {
    const author = { arn: call.caller.arn, at: this.clock.now() };
    let there = await this.changes.lock(tx, call, place.path);
    if (!there) {
      const content = tryOut(nextVersion(input, undefined), tried);
      const what = { name: place.name, tags: tagsOf(input.Tags), content };
      if (await this.changes.create(tx, call, what, author)) {
        this.announce(tx, place, call, place.name, content, 'Create');
        return { Version: 1, Tier: content.tier };
      }
      // Somebody else has just made it, and has committed: it can be locked now.
      there = await this.changes.lock(tx, call, place.path);
      if (!there) throw new Error('a parameter came and went within one call');
    }
    const content = tryOut(nextVersion(input, there.newest), tried);
    const number = await this.changes.addVersion(tx, there, content, author, this.config.versionsPerParameter);
    this.announce(tx, place, call, there.name, content, 'Update');
    return { Version: number, Tier: content.tier };
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

/** The value was tried against another pattern than the one that holds now. */
class PatternChanged extends Error {
  constructor(readonly pattern: string | null) {
    super('The allowed pattern has changed meanwhile.');
  }
}

function tryOut(content: VersionContent, tried: string | null): VersionContent {
  if (content.allowedPattern !== tried) throw new PatternChanged(content.allowedPattern);
  return content;
}
