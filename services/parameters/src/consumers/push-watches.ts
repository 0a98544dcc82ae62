import { setImmediate as turn } from 'node:timers/promises';

import type { WatchParametersResult } from '@muster/aws-protocol';
import { Authority, type ConsumesEvents, Consumes } from '@muster/bus';
import type { CloudEvent } from '@muster/contracts';
import { Clock, type Tx } from '@muster/persistence';

import { parameterArn } from '../domain/parameter-name.js';
import { WatchBudget } from '../domain/watch-budget.js';
import { type Watch, watches } from '../domain/watch.js';
import { type ParameterChange, parameterChanged } from '../events.js';
import { type WatchedPlace, type WatchedState, WatchedParameters } from '../store/watched-parameters.js';
import { Watches } from '../store/watches.js';
import { WatchGuard } from '../watch-guard.js';
import { WatchMessages } from '../watch-messages.js';

/** So many decisions are made in one go; then others have their turn. */
const DECISIONS_AT_ONCE = 500;

type Event = CloudEvent<ParameterChange>;

/** Something that happened to a parameter, and what is known of it now. */
interface Change extends WatchedPlace {
  readonly event: Event;
  readonly state: WatchedState;
}

/**
 * Pushes changes to whom a watch was opened, each after a decision of its own. Alone, so that watchers see changes in the order of
 * the events. The policies are asked for within the transaction that the host has opened: mostly they are at hand, because
 * the sweep has just asked for them.
 */
@Consumes(parameterChanged, { durable: 'parameters-push-watches', batch: 100, gatherMs: 5, alone: true })
export class PushWatches implements ConsumesEvents<ParameterChange> {
  constructor(
    private readonly watches: Watches,
    private readonly parameters: WatchedParameters,
    private readonly guard: WatchGuard,
    private readonly authority: Authority,
    private readonly messages: WatchMessages,
    private readonly clock: Clock,
  ) {}

  async handle(events: readonly Event[], tx: Tx): Promise<void> {
    const places = events.map((event) => ({ ...placeOf(event), event }));
    const open = await this.watches.openIn(tx, distinctScopes(places));
    const concerned = await this.stillOpen(open.filter((watch) => places.some((place) => concerns(watch, place))));
    if (concerned.length === 0) return;

    const states = await this.parameters.statesOf(tx, places);
    const changes = places.map((place, index) => ({ ...place, state: states[index]! }));
    const wanted = await this.decided(concerned, changes);
    const budget = new WatchBudget();
    const pushes = new Map(
      [...wanted].map(([watch, its]) => {
        const fits = budget.takes(its.map((change) => valueFor(watch, change)));
        return [watch, fits ? its.map((change) => changeMessage(watch, change)) : [resync]] as const;
      }),
    );
    const counts = new Map([...pushes].map(([{ id }, messages]) => [id, messages.length]));
    const sequences = await this.watches.count(tx, counts);
    tx.afterCommit(() => this.publish(pushes, sequences));
  }

  /** The sweep ends what is over; until it has come by, nothing is pushed there. */
  private async stillOpen(concerned: readonly Watch[]): Promise<readonly Watch[]> {
    if (concerned.length === 0) return [];
    const revision = await this.authority.revision();
    const now = this.clock.now();
    const unsure = concerned.filter(
      (each) =>
        each.checkedRevision !== revision ||
        each.leaseUntil <= now ||
        (each.expiresAt !== null && each.expiresAt <= now),
    );
    const ends = await this.guard.ends(unsure, now);
    return concerned.filter((each) => !ends.has(each.id));
  }

  /** Which changes each watch gets, in their order. Who opened several is asked for once. */
  private async decided(concerned: readonly Watch[], changes: readonly Change[]): Promise<Map<Watch, Change[]>> {
    const byCaller = groupedByCaller(concerned);
    const wanted = new Map<Watch, Change[]>();
    let decisions = 0;
    for (const change of changes) {
      for (const same of byCaller.values()) {
        const theirs = same.filter((watch) => concerns(watch, change));
        if (theirs.length === 0 || !(await this.mayRead(theirs[0]!, change))) continue;
        for (const watch of theirs) {
          const known = wanted.get(watch);
          if (known) known.push(change);
          else wanted.set(watch, [change]);
        }
        if (++decisions % DECISIONS_AT_ONCE === 0) await turn();
      }
    }
    return wanted;
  }

  private async mayRead(watch: Watch, { event, state, ...place }: Change): Promise<boolean> {
    const arn = parameterArn(place, place.path);
    // Who hears of a deletion must have been allowed to read what was there, and what took its place.
    const tags = state.now ? [state.now.tags] : [];
    if (!state.now || event.data.operation === 'Delete') tags.push(state.goneTags);
    for (const each of tags) {
      if ((await this.guard.refusal(watch, 'ssm:GetParameter', [{ arn, tags: each }])) !== undefined) return false;
    }
    return true;
  }

  private publish(
    pushes: ReadonlyMap<Watch, readonly WatchParametersResult[]>,
    sequences: ReadonlyMap<string, number>,
  ): void {
    for (const [watch, messages] of pushes) {
      const last = sequences.get(watch.id);
      // It has ended meanwhile.
      if (last === undefined) continue;
      messages.forEach((message, index) => {
        const Sequence = last - messages.length + 1 + index;
        this.messages.publish(watch.subject, { ...message, WatchId: watch.id, Sequence });
      });
    }
  }
}

const resync: WatchParametersResult = {
  Event: 'Resync',
  Message: 'More has changed than is pushed at once: read the parameters again.',
};

function groupedByCaller(all: readonly Watch[]): Map<string, Watch[]> {
  const groups = new Map<string, Watch[]>();
  for (const each of all) {
    const caller = JSON.stringify(each.caller);
    const group = groups.get(caller);
    if (group) group.push(each);
    else groups.set(caller, [each]);
  }
  return groups;
}

function placeOf(event: Event): WatchedPlace {
  const [, , , region = '', account = '', ...resource] = event.subject.split(':');
  return { account, region, path: resource.join(':').slice('parameter'.length) };
}

function concerns(watch: Watch, place: WatchedPlace): boolean {
  return watch.account === place.account && watch.region === place.region && watches(watch, place.path);
}

function distinctScopes(places: readonly WatchedPlace[]): WatchedPlace[] {
  return [...new Map(places.map((each) => [`${each.account}/${each.region}`, each])).values()];
}

function valueFor(watch: Watch, { event, state }: Change): string | undefined {
  if (!watch.includeValues || event.data.operation === 'Delete' || state.now?.type === 'SecureString') return undefined;
  return state.now?.value;
}

function changeMessage(watch: Watch, change: Change): WatchParametersResult {
  const { event, state } = change;
  const { name, type, operation, description } = event.data;
  const value = valueFor(watch, change);
  return {
    Event: 'Change',
    EventId: event.id,
    Time: new Date(event.time),
    Operation: operation,
    Name: name,
    ARN: event.subject,
    Type: type,
    ...(description === undefined ? {} : { Description: description }),
    // Of what holds now: later changes may have followed already.
    ...(operation === 'Delete' || !state.now ? {} : { Version: Number(state.now.number) }),
    ...(value === undefined ? {} : { Value: value }),
  };
}
