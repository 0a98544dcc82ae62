import { type HandlesRpc, Rpc } from '@muster/bus';
import { CommandsSandbox, type EmptyAccountRequest, accountToEmpty } from '@muster/contracts';
import { ObjectStore } from '@muster/objects';

import { AccountContents } from '../store/account-contents.js';

/**
 * A sandbox is emptied: its commands go with their outputs, also those under way. A node that is at work on one finishes
 * it, and what it reports then is settled and dropped, as of any command that is not known.
 */
@Rpc(CommandsSandbox.method.emptyAccount)
export class EmptyAccount implements HandlesRpc<typeof CommandsSandbox.method.emptyAccount> {
  constructor(
    private readonly contents: AccountContents,
    private readonly objects: ObjectStore,
  ) {}

  async handle(request: EmptyAccountRequest) {
    const { account, madeUntil } = accountToEmpty(request);
    const outputs = await this.contents.outputs(account, madeUntil);
    if (outputs.length > 0) {
      for (const each of outputs) {
        // The object first: a row without one is found again, an object without a row is not.
        await this.objects.delete(each.objectKey);
        await this.contents.forgetOutput(each);
      }
      return { removed: { commands: 0 }, more: true };
    }
    const { commands, more } = await this.contents.remove(account, madeUntil);
    return { removed: { commands }, more };
  }
}
