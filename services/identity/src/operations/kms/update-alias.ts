import type { UpdateAliasRequest } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock, UnitOfWork } from '@muster/persistence';

import { aliasArn, noSuchKey } from '../../domain/key-reference.js';
import { demandKept } from '../../domain/key-state.js';
import { keyAliasChanged } from '../../events.js';
import { KeyAliases } from '../../store/key-aliases.js';
import { KeyRing } from '../../store/key-ring.js';
import { type NamedAlias, NamedAliases } from '../../store/named-aliases.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';
import { Revisions } from '../../store/revisions.js';

interface Move extends NamedAlias {
  readonly target: NamedKey;
}

@Operation('kms', 'UpdateAlias')
export class UpdateAlias implements Handles<UpdateAliasRequest, Move, object> {
  constructor(
    private readonly namedAliases: NamedAliases,
    private readonly keys: NamedKeys,
    private readonly ring: KeyRing,
    private readonly aliases: KeyAliases,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async load(input: Valid<UpdateAliasRequest>, call: Call): Promise<Move> {
    const alias = await this.namedAliases.named(call, input.AliasName);
    const target = await this.keys.named(call, input.TargetKeyId, { context: { 'kms:RequestAlias': alias.name } });
    return { ...alias, target, on: [...alias.on, ...target.on] };
  }

  async handle(_input: Valid<UpdateAliasRequest>, { name, keyId: before, target }: Move, call: Call) {
    const { id: keyId } = existing(target);
    return this.work.commit(call, async (tx) => {
      const key = await this.ring.lock(tx, keyId);
      if (!key) throw noSuchKey(target.reference);
      demandKept(key);
      if (!(await this.aliases.move(tx, call, name, before, keyId, this.clock.now()))) {
        throw noSuchKey({ kind: 'alias', account: call.account, region: call.region, name });
      }
      await this.revisions.advance(tx);
      tx.announce(keyAliasChanged(call, aliasArn(call, name), { aliasName: name, keyId, operation: 'UpdateAlias' }));
      return {};
    });
  }
}
