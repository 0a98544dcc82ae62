import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import type { Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import type { Tx } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import type { ParametersConfig } from './config.js';
import { IMAGE, checkDataTypeFits } from './domain/data-type.js';
import { type VersionContent, nextVersion } from './domain/next-version.js';
import { type Scope, parameterArn } from './domain/parameter-name.js';
import { tagsOf } from './domain/tags.js';
import type { TierPolicy } from './domain/tier.js';
import { type ParameterOperation, parameterChanged } from './events.js';
import { type Author, ParameterChanges } from './store/parameter-changes.js';

/** A version that is to be put. */
export interface Put {
  readonly scope: Scope;
  /** Of the parameter, if there is none of its path. */
  readonly name: string;
  readonly path: string;
  readonly input: Valid<PutParameterRequest>;
  readonly author: Author;
  readonly tiers: TierPolicy;
  /** What is kept of it. */
  readonly finish: (content: VersionContent, number: number) => VersionContent;
  /** What is done instead when it holds an image that has not been looked for yet. */
  readonly imageFirst?: (content: VersionContent) => Promise<void>;
}

/** Puts versions, in a transaction. */
@Injectable()
export class ParameterPuts {
  constructor(
    private readonly changes: ParameterChanges,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  /** @throws ApiError as AWS answers */
  async put(tx: Tx, put: Put): Promise<PutParameterResult> {
    const { scope, path, input, author } = put;
    const there = await this.changes.lock(tx, scope, path);
    const next = nextVersion(input, there?.newest, put.tiers);
    checkDataTypeFits(next, path);
    const Version = (there?.version ?? 0) + 1;
    const content = put.finish(next, Version);
    const answer = { Version, Tier: content.tier };
    if (put.imageFirst && content.dataType === IMAGE) {
      await put.imageFirst(content);
      return answer;
    }
    if (there) {
      await this.changes.addVersion(tx, there, content, author, this.config.versionsPerParameter);
      this.announce(tx, put, there.name, content, 'Update');
      return answer;
    }
    if (await this.changes.create(tx, scope, { name: put.name, tags: tagsOf(input.Tags), content }, author)) {
      this.announce(tx, put, put.name, content, 'Create');
      return answer;
    }
    // Somebody else has just made it, and has committed: it can be locked now.
    return this.put(tx, put);
  }

  private announce(
    tx: Tx,
    { scope, path }: Put,
    name: string,
    { type, description }: VersionContent,
    operation: ParameterOperation,
  ): void {
    const data = { name, type, operation, ...(description === null ? {} : { description }) };
    tx.announce(parameterChanged(scope, parameterArn(scope, path), data));
  }
}
