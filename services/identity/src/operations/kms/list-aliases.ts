import type { ListAliasesRequest, ListAliasesResponse } from '@aws-sdk/client-kms';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { aliasArn, noSuchKey, parseKeyReference } from '../../domain/key-reference.js';
import { markerOf, nextMarker } from '../../markers.js';
import { KeyAliases } from '../../store/key-aliases.js';
import { KeyRing } from '../../store/key-ring.js';

@Operation('kms', 'ListAliases')
export class ListAliases implements Handles<ListAliasesRequest, Acted, ListAliasesResponse> {
  constructor(
    private readonly aliases: KeyAliases,
    private readonly ring: KeyRing,
  ) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<ListAliasesRequest>, _loaded: Acted, call: Call) {
    const keyId = input.KeyId === undefined ? undefined : await this.keyOf(input.KeyId, call);
    const limit = input.Limit ?? 50;
    const filters = { keyId };
    const after = markerOf(call, filters, input.Marker) ?? '';
    const found = await this.aliases.list(call, keyId, after, limit + 1);
    const page = found.slice(0, limit);
    return {
      Aliases: page.map((alias) => ({
        AliasName: alias.name,
        AliasArn: aliasArn(call, alias.name),
        TargetKeyId: alias.keyId,
        CreationDate: alias.createdAt,
        LastUpdatedDate: alias.updatedAt,
      })),
      ...nextMarker(call, filters, found.length > limit, page.at(-1)?.name),
    };
  }

  private async keyOf(keyId: string, call: Call): Promise<string> {
    const reference = parseKeyReference(keyId, call);
    const { key } = await this.ring.find(reference);
    if (key?.account !== call.account) throw noSuchKey(reference);
    return key.id;
  }
}
