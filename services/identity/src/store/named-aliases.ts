import type { Acted, Call } from '@muster/bus';
import { Injectable } from '@nestjs/common';

import { checkAliasName } from '../domain/alias-name.js';
import { aliasArn, noSuchKey } from '../domain/key-reference.js';
import { NamedKeys } from './named-keys.js';

/** An alias that a call changes, and the key that it names until then. */
export interface NamedAlias extends Acted {
  readonly name: string;
  readonly keyId: string;
}

/** Finds the alias that an API call changes. */
@Injectable()
export class NamedAliases {
  constructor(private readonly keys: NamedKeys) {}

  /** Decided on: the alias and its key. @throws ApiError NotFoundException when there is none */
  async named(call: Call, name: string): Promise<NamedAlias> {
    checkAliasName(name);
    const { key, on, reference } = await this.keys.named(call, name, { aliases: true });
    if (!key) throw noSuchKey(reference);
    return { name, keyId: key.id, on: [{ arn: aliasArn(call, name) }, ...on] };
  }
}
