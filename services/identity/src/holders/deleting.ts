import { ApiError } from '@muster/aws-protocol';
import type { Call } from '@muster/bus';
import type { Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { Changes } from '../store/changes.js';
import { type Belongings, type NamedPrincipal, type Principal, Principals } from '../store/principals.js';

/** Deleting users, roles and groups: AWS refuses it while something is attached, since nobody should lose that unawares. */
@Injectable()
export class Deleting {
  constructor(
    private readonly principals: Principals,
    private readonly changes: Changes,
  ) {}

  async remove(call: Call, named: NamedPrincipal, announce: (tx: Tx, gone: Principal) => void): Promise<object> {
    return this.changes.of(call, named, async (tx, principal) => {
      const conflict = conflictOf(await this.principals.belongings(tx, principal.id));
      if (conflict) throw new ApiError('DeleteConflictException', `Cannot delete entity, must ${conflict} first.`);
      await this.principals.remove(tx, principal.id);
      announce(tx, principal);
      return {};
    });
  }
}

function conflictOf({ attached, inline, accessKeys, inGroups, members }: Belongings): string | undefined {
  if (inGroups || members) return 'remove users from group';
  if (accessKeys) return 'delete access keys';
  if (attached) return 'detach all policies';
  return inline ? 'delete policies' : undefined;
}
