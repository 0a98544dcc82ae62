import type { CreateAliasRequest } from '@aws-sdk/client-kms';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock, UnitOfWork } from '@muster/persistence';

import { checkAliasName } from '../../domain/alias-name.js';
import { aliasArn, noSuchKey } from '../../domain/key-reference.js';
import { demandKept } from '../../domain/key-state.js';
import { keyAliasChanged } from '../../events.js';
import { KeyAliases } from '../../store/key-aliases.js';
import { KeyRing } from '../../store/key-ring.js';
import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';
import { Revisions } from '../../store/revisions.js';

@Operation('kms', 'CreateAlias')
export class CreateAlias implements Handles<CreateAliasRequest, NamedKey, object> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly ring: KeyRing,
    private readonly aliases: KeyAliases,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async load({ AliasName: name, TargetKeyId }: Valid<CreateAliasRequest>, call: Call): Promise<NamedKey> {
    checkAliasName(name);
    const target = await this.keys.named(call, TargetKeyId, { context: { 'kms:RequestAlias': name } });
    return { ...target, on: [{ arn: aliasArn(call, name) }, ...target.on] };
  }

  async handle({ AliasName: aliasName }: Valid<CreateAliasRequest>, named: NamedKey, call: Call) {
    const { id: keyId } = existing(named);
    return this.work.commit(call, async (tx) => {
      const key = await this.ring.lock(tx, keyId);
      if (!key) throw noSuchKey(named.reference);
      demandKept(key);
      if (!(await this.aliases.add(tx, call, aliasName, keyId, this.clock.now()))) {
        const message = `An alias with the name ${aliasArn(call, aliasName)} already exists`;
        throw new ApiError('AlreadyExistsException', message);
      }
      // What policies say about a key's aliases may be another thing now.
      await this.revisions.advance(tx);
      tx.announce(keyAliasChanged(call, aliasArn(call, aliasName), { aliasName, keyId, operation: 'CreateAlias' }));
      return {};
    });
  }
}
