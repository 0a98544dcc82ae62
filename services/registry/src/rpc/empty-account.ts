import { type HandlesRpc, Rpc } from '@muster/bus';
import { type EmptyAccountRequest, RegistrySandbox, accountToEmpty } from '@muster/contracts';

import { AccountContents } from '../store/account-contents.js';

/**
 * A sandbox is emptied: its activations and the tags of its nodes go. The nodes stay: they are real machines, and one that
 * was forgotten could only be enrolled anew by somebody on it.
 */
@Rpc(RegistrySandbox.method.emptyAccount)
export class EmptyAccount implements HandlesRpc<typeof RegistrySandbox.method.emptyAccount> {
  constructor(private readonly contents: AccountContents) {}

  async handle(request: EmptyAccountRequest) {
    const { account, madeUntil } = accountToEmpty(request);
    const activations = await this.contents.removeActivations(account, madeUntil);
    const nodeTags = await this.contents.untag(account);
    const more = this.contents.isFull(activations) || this.contents.isFull(nodeTags);
    return { removed: { activations, nodeTags }, more };
  }
}
