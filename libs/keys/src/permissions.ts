import { inboxPrefix, isToken, subjects } from '@muster/contracts';

import type { UserPermissions } from './users.js';

/** What a node may do on the bus: its own subjects, and answer what it was asked, once. */
export function nodePermissions(nodeId: string): UserPermissions {
  const id = token(nodeId);
  return {
    publish: [`agent.${id}.>`, `fleet.${id}.>`, `session.${id}.*.out`],
    subscribe: [`node.${id}.>`, `session.${id}.*.in`, `${inboxPrefix(id)}.>`],
    respond: { max: 1, withinMs: 60_000 },
  };
}

/**
 * What an outside subscriber may do: pull from its own durable and acknowledge what came of it.
 * @param user names its inbox: `_INBOX_<user>.>`
 */
export function subscriberPermissions(durable: string, user: string): UserPermissions {
  const own = token(durable);
  return {
    publish: [`$JS.API.CONSUMER.MSG.NEXT.EVENTS.${own}`, `$JS.ACK.EVENTS.${own}.>`],
    subscribe: [`${inboxPrefix(token(user))}.>`],
  };
}

/** What an outside watcher may do: hear one subject. */
export function watcherPermissions(account: string, watchId: string): UserPermissions {
  return { publish: [], subscribe: [subjects.watch(token(account), token(watchId))] };
}

// A dot, a blank or a wildcard in a name would permit more than that name.
function token(name: string): string {
  if (!isToken(name)) throw new Error(`"${name}" cannot be a token of a subject`);
  return name;
}
