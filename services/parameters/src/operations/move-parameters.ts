import { ApiError, type MoveParametersRequest, type MoveParametersResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, unavailable } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { requestTags } from '@muster/iam';
import { Database, type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { type NewPlace, newPlace, refuseMoveIntoItself } from '../domain/new-places.js';
import { parameterArn, pathOf } from '../domain/parameter-name.js';
import { parameterNotFound } from '../domain/parameter-shape.js';
import { referenceOf } from '../domain/reference.js';
import { parameterChanged } from '../events.js';
import { ParameterCipher, type Sealing, type Values } from '../parameter-cipher.js';
import { type MovableParameter, ParameterMoves, type SealedVersion } from '../store/parameter-moves.js';

/** So many resources are decided on in one go. */
const DECIDED_AT_ONCE = 200;

interface Move extends MovableParameter {
  readonly to: NewPlace;
}

interface Secret {
  readonly sealed: SealedVersion;
  readonly move: Move;
  readonly sealing: Sealing;
}

interface Loaded extends Acted {
  readonly from: string;
  readonly found: readonly MovableParameter[];
  readonly moves: readonly Move[];
  readonly secrets: readonly Secret[];
  readonly values: Values;
  /** Why they cannot go there: it tells something of what is there, and is said after the decision. */
  readonly refusal?: ApiError;
}

@Operation('muster', 'MoveParameters')
export class MoveParameters implements Handles<MoveParametersRequest, Loaded, MoveParametersResult> {
  constructor(
    private readonly store: ParameterMoves,
    private readonly cipher: ParameterCipher,
    private readonly work: UnitOfWork,
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  async load(input: Valid<MoveParametersRequest>, call: Call): Promise<Loaded> {
    const from = referenceOf(withoutSlash(input.From), call).path;
    const to = withoutSlash(input.To);
    refuseMoveIntoItself(from, pathOf(to));
    const most = this.config.parametersPerCall;
    const found = await this.store.subtree(call, from, input.Recursive ?? false, most + 1);
    const nothing = {
      on: [],
      decidesLater: true,
      from,
      found,
      moves: [],
      secrets: [],
      values: await this.cipher.values(call, true, []),
    };
    try {
      if (found.length > most) throw tooMany(from, most);
      const moves = found.map((each) => ({ ...each, to: newPlace(call, from, to, each.path) }));
      const secrets = await this.secretsOf(moves, call);
      const kept = secrets.map(({ sealed, move }) => ({ owner: call, path: move.path, version: sealed }));
      return { ...nothing, moves, secrets, values: await this.cipher.values(call, true, kept) };
    } catch (error) {
      if (error instanceof ApiError && error.code !== 'ServiceUnavailable') return { ...nothing, refusal: error };
      throw error;
    }
  }

  async handle(input: Valid<MoveParametersRequest>, loaded: Loaded, call: Call): Promise<MoveParametersResult> {
    await this.demand(loaded, call);
    const { moves, from, refusal } = loaded;
    if (refusal) throw refusal;
    if (moves.length === 0) throw parameterNotFound(input.From);
    const shared = moves.filter((each) => each.shared).map((each) => each.name);
    if (shared.length > 0) {
      throw new ApiError(
        'ValidationException',
        `These are shared by resource policies, which name them: ${named(shared)}. Delete the policies first.`,
      );
    }
    const Moved = moves.map((each) => ({ From: each.name, To: each.to.name }));
    if (input.DryRun) {
      refuseTaken(await this.store.taken(this.database, call, targets(moves)));
      return { Moved };
    }
    return this.work.commit(call, async (tx): Promise<MoveParametersResult> => {
      const most = this.config.parametersPerCall + 1;
      refuseChanged(moves, await this.store.lock(tx, call, from, input.Recursive ?? false, most));
      refuseTaken(await this.store.taken(tx, call, targets(moves)));
      await this.move(tx, loaded, call);
      return { Moved };
    });
  }

  private async move(tx: Tx, { moves, secrets, values }: Loaded, call: Call): Promise<void> {
    const resealed = secrets.map(({ sealed, move, sealing }) => ({
      ...sealed,
      value: this.cipher.seal(sealing, call, move.to.path, sealed.number, values.of(sealed)),
    }));
    await this.store.rename(
      tx,
      moves.map(({ id, to }) => ({ id, ...to })),
    );
    await this.store.reseal(tx, resealed);
    for (const { name, path, type, description, to } of moves) {
      const data = { type, ...(description === null ? {} : { description }) };
      tx.announce(
        parameterChanged(call, parameterArn(call, path), { name, operation: 'Delete', ...data }),
        parameterChanged(call, parameterArn(call, to.path), { name: to.name, operation: 'Create', ...data }),
      );
    }
  }

  /** Who moves must be allowed to read and delete what is there, and to put what is made. */
  private async demand({ from, found, moves, secrets, values }: Loaded, call: Call): Promise<void> {
    const taken = found.flatMap(({ path, tags }) => {
      const old = { arn: parameterArn(call, path), tags };
      return [old, { ...old, action: 'ssm:GetParameterHistory' }, { ...old, action: 'ssm:DeleteParameter' }];
    });
    const made = moves.flatMap(({ to, tags }) => {
      const resource = { arn: parameterArn(call, to.path) };
      const context = requestTags(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })));
      return [
        { ...resource, action: 'ssm:PutParameter', context: { 'ssm:Overwrite': 'false', ...context } },
        ...(Object.keys(tags).length > 0 ? [{ ...resource, action: 'ssm:AddTagsToResource', context }] : []),
      ];
    });
    const sealings = secrets.flatMap(({ move, sealing }) =>
      this.cipher.sealingNeeds(call, sealing, parameterArn(call, move.to.path), 'Standard'),
    );
    // The place itself first: where there is nothing it is decided too, and a refusal names nothing that is there.
    const all = [{ arn: parameterArn(call, from) }, ...taken, ...made, ...values.on, ...sealings];
    for (let at = 0; at < all.length; at += DECIDED_AT_ONCE) {
      await call.mayAct(all.slice(at, at + DECIDED_AT_ONCE), { demand: true });
    }
  }

  private async secretsOf(moves: readonly Move[], call: Call): Promise<Secret[]> {
    const most = this.config.parametersPerCall * 10;
    const sealed = await this.store.sealed(
      this.database,
      moves.map((each) => each.id),
      most + 1,
    );
    if (sealed.length > most) {
      throw new ApiError(
        'TooManyParameters',
        `More than ${most} versions of secrets would have to be sealed anew: move fewer parameters at once.`,
      );
    }
    const byId = new Map(moves.map((each) => [each.id, each]));
    const sealings = new Map<string, Sealing>();
    for (const { keyId } of sealed) {
      if (!sealings.has(keyId)) sealings.set(keyId, await this.cipher.sealing(call, keyId));
    }
    return sealed.map((each) => ({
      sealed: each,
      move: byId.get(each.parameterId)!,
      sealing: sealings.get(each.keyId)!,
    }));
  }
}

function withoutSlash(path: string): string {
  const text = path.trim();
  return text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;
}

function targets(moves: readonly Move[]): string[] {
  return moves.map((each) => each.to.path);
}

function refuseTaken(taken: readonly string[]): void {
  if (taken.length === 0) return;
  throw new ApiError('ParameterAlreadyExists', `Nothing was moved, because these exist already: ${named(taken)}.`);
}

/** What was decided on must be what is moved. */
function refuseChanged(decided: readonly Move[], locked: readonly MovableParameter[]): void {
  const key = ({ id, path, version, tags, shared }: MovableParameter) =>
    JSON.stringify([id, path, version, tags, shared]);
  const before = new Set(decided.map(key));
  if (locked.length === before.size && locked.every((each) => before.has(key(each)))) return;
  throw unavailable('Some of these parameters were changed at the same moment: try again.');
}

function tooMany(path: string, most: number): ApiError {
  return new ApiError(
    'TooManyParameters',
    `There are more than ${most} parameters below ${path}, and one call moves that many at most: move its parts.`,
  );
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
