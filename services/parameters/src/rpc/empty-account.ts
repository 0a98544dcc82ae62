import { type HandlesRpc, Rpc } from '@muster/bus';
import { type EmptyAccountRequest, ParametersSandbox, accountToEmpty } from '@muster/contracts';

import { AccountContents } from '../store/account-contents.js';

/** A sandbox is emptied: its parameters go, with their versions, labels and policies, its settings
 * and watches. Public ones are of no account. */
@Rpc(ParametersSandbox.method.emptyAccount)
export class EmptyAccount implements HandlesRpc<typeof ParametersSandbox.method.emptyAccount> {
  constructor(private readonly contents: AccountContents) {}

  async handle(request: EmptyAccountRequest) {
    const { account, madeUntil } = accountToEmpty(request);
    const watches = await this.contents.endWatches(account);
    const { parameters, more } = await this.contents.remove(account, madeUntil);
    if (!more) await this.contents.forget(account);
    return { removed: { parameters, watches }, more };
  }
}
