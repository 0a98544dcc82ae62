import { setImmediate as turn } from 'node:timers/promises';

import type { WatchParametersResult } from '@muster/aws-protocol';
import { Authority, type ConsumesEvents, Consumes } from '@muster/bus';
import type { CloudEvent } from '@muster/contracts';
import { Clock, type Tx } from '@muster/persistence';

import { parameterArn } from '../domain/parameter-name.js';
import { WatchBudget } from '../domain/watch-budget.js';
import type { WatchedChange as Change } from '../domain/watched-change.js';
import { type Watch, watches } from '../domain/watch.js';
import { type ParameterChange, parameterChanged } from '../events.js';
import { type WatchedPlace, WatchedParameters } from '../store/watched-parameters.js';
import { Watches } from '../store/watches.js';
import { WatchGuard } from '../watch-guard.js';
import { WatchMessages } from '../watch-messages.js';
import { WatchSecrets } from '../watch-secrets.js';

/** So many decisions are made in one go; then others have their turn. */
const DECISIONS_AT_ONCE = 500;

type Event = CloudEvent<ParameterChange>;

/**
 * Pushes changes to whom a watch was opened, each after a decision of its own. Alone, so that watchers see changes in the order of
 * the events. The policies are asked for within the transaction that the host has opened: mostly they are at hand, because
 * the sweep has just asked for them.
 */
@Consumes(parameterChanged, { durable: 'parameters-push-watches', batch: 100, gatherMs: 25, alone: true })
export class PushWatches implements ConsumesEvents<ParameterChange> {
  constructor(
    private readonly watches: Watches,
    private readonly parameters: WatchedParameters,
    private readonly guard: WatchGuard,
    private readonly authority: Authority,
    private readonly secrets: WatchSecrets,
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
    // What is decrypted is written down with this transaction, before anybody hears it.
    const values = await this.secrets.opened(tx, wanted);
    const budget = new WatchBudget();
    const pushes = new Map(
      [...wanted].map(([watch, its]) => {
        const fits = budget.takes(its.map((change) => values.of(watch, change)));
        return [watch, fits ? its.map((change) => changeMessage(change, values.of(watch, change))) : [resync]] as const;
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
    const was = { arn, tags: state.goneTags };
    const is = state.now && { arn, tags: state.now.tags, ...(state.now.policy && { policy: state.now.policy }) };
    const on = is && event.data.operation !== 'Delete' ? [is] : is ? [is, was] : [was];
    return (await this.guard.refusal(watch, 'ssm:GetParameter', on)) === undefined;
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

function changeMessage({ event, state }: Change, value: string | undefined): WatchParametersResult {
  const { name, type, operation, description } = event.data;
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
    ...(operation === 'Delete' || !state.now ? {} : { Version: state.now.number }),
    ...(value === undefined ? {} : { Value: value }),
  };
}
