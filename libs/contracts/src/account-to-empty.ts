import type { EmptyAccountRequest } from './generated/muster/sandbox/v1/empty_account_pb.js';

/**
 * What a request to empty an account says. An account has twelve digits: what is kept without one, such as public
 * parameters, belongs to all.
 */
export function accountToEmpty(request: EmptyAccountRequest): { account: string; madeUntil: Date } {
  if (!/^\d{12}$/.test(request.account)) throw new TypeError(`there is no account ${JSON.stringify(request.account)}`);
  return { account: request.account, madeUntil: new Date(Number(request.madeUntilMs)) };
}
