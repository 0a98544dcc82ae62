import type { DeleteAliasRequest } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { aliasArn, noSuchKey } from '../../domain/key-reference.js';
import { keyAliasChanged } from '../../events.js';
import { KeyAliases } from '../../store/key-aliases.js';
import { type NamedAlias, NamedAliases } from '../../store/named-aliases.js';
import { Revisions } from '../../store/revisions.js';

@Operation('kms', 'DeleteAlias')
export class DeleteAlias implements Handles<DeleteAliasRequest, NamedAlias, object> {
  constructor(
    private readonly namedAliases: NamedAliases,
    private readonly aliases: KeyAliases,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
  ) {}

  load(input: Valid<DeleteAliasRequest>, call: Call) {
    return this.namedAliases.named(call, input.AliasName);
  }

  async handle(_input: Valid<DeleteAliasRequest>, { name, keyId }: NamedAlias, call: Call) {
    return this.work.commit(call, async (tx) => {
      if (!(await this.aliases.remove(tx, call, name, keyId))) {
        throw noSuchKey({ kind: 'alias', account: call.account, region: call.region, name });
      }
      await this.revisions.advance(tx);
      tx.announce(keyAliasChanged(call, aliasArn(call, name), { aliasName: name, keyId, operation: 'DeleteAlias' }));
      return {};
    });
  }
}
