import type { Tag } from '@aws-sdk/client-iam';
import type { Call } from '@muster/bus';
import { Injectable } from '@nestjs/common';

import { type Tags, sortedTags, withTags, withoutTags } from '../domain/changed-tags.js';
import type { PrincipalKind } from '../domain/principal-arn.js';
import { requestTags } from '@muster/iam';
import { tagsChanged } from '../events.js';
import { type Asked, page } from '../page.js';
import { Changes } from '../store/changes.js';
import { type NamedPrincipal, Principals, existing } from '../store/principals.js';
import { withContext } from './with-context.js';

/** Tags of users and roles: the same for both. */
@Injectable()
export class Tagging {
  constructor(
    private readonly principals: Principals,
    private readonly changes: Changes,
  ) {}

  /** On whom it acts; policies may say which tags somebody may give (`aws:RequestTag/…`, `aws:TagKeys`). */
  async named(call: Call, kind: PrincipalKind, name: string, tags: readonly Tag[]): Promise<NamedPrincipal> {
    return withContext(await this.principals.named(call, kind, name), requestTags(tags));
  }

  /** The same for keys that shall go. */
  async namedByKeys(call: Call, kind: PrincipalKind, name: string, keys: readonly string[]): Promise<NamedPrincipal> {
    return withContext(await this.principals.named(call, kind, name), { 'aws:TagKeys': keys });
  }

  async add(call: Call, named: NamedPrincipal, tags: readonly Tag[]): Promise<object> {
    return this.change(call, named, (before) => withTags(before, tags));
  }

  async remove(call: Call, named: NamedPrincipal, keys: readonly string[]): Promise<object> {
    return this.change(call, named, (before) => withoutTags(before, keys));
  }

  /** By key. */
  async list(call: Call, named: NamedPrincipal, asked: Asked) {
    const { id, tags } = existing(named);
    const { items, ...rest } = await pageOfTags(call, asked, id, tags);
    return { Tags: items, ...rest };
  }

  private async change(call: Call, named: NamedPrincipal, how: (before: Tags) => Tags): Promise<object> {
    return this.changes.of(call, named, async (tx, principal) => {
      await this.principals.setTags(tx, principal.id, how(principal.tags));
      tx.announce(tagsChanged(call, principal.arn, { kind: principal.kind, name: principal.name }));
      return {};
    });
  }
}

/** Tags in pages, of whatever has them. */
export function pageOfTags(call: Call, asked: Asked, id: string, tags: Tags) {
  return page(call, asked, {
    filters: { id },
    read: (after, limit) =>
      Promise.resolve(
        sortedTags(tags)
          .filter(({ Key }) => Key > after)
          .slice(0, limit),
      ),
    keyOf: ({ Key }) => Key,
  });
}
