import type { CreateActivationRequest, CreateActivationResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { requestTags } from '@muster/iam';
import { Clock, Ids, UnitOfWork } from '@muster/persistence';

import { hashActivationCode, newActivationCode } from '../domain/activation-code.js';
import { expiryOf } from '../domain/activation-terms.js';
import { activationArn } from '../domain/node-arn.js';
import { passRole } from '../domain/pass-role.js';
import { addTags } from '../domain/tags.js';
import { activationCreated } from '../events.js';
import { Activations } from '../store/activations.js';

@Operation('ssm', 'CreateActivation')
export class CreateActivation implements Handles<CreateActivationRequest, Acted, CreateActivationResult> {
  constructor(
    private readonly activations: Activations,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  load(input: Valid<CreateActivationRequest>, call: Call): Acted {
    return { on: [{ arn: '*', context: requestTags(input.Tags ?? []) }, passRole(call.account, input.IamRole)] };
  }

  async handle(input: Valid<CreateActivationRequest>, _loaded: Acted, call: Call) {
    const createdAt = this.clock.now();
    const expiresAt = expiryOf(input.ExpirationDate, createdAt);
    const tags = addTags({}, input.Tags ?? []);
    const registrationLimit = input.RegistrationLimit ?? 1;

    return this.work.commit(call, async (tx) => {
      const id = this.ids.uuid();
      const code = newActivationCode((bytes) => this.ids.random(bytes));
      await this.activations.add(tx, {
        id,
        account: call.account,
        region: call.region,
        codeHash: hashActivationCode(code),
        defaultInstanceName: input.DefaultInstanceName ?? null,
        description: input.Description ?? null,
        iamRole: input.IamRole,
        registrationLimit,
        registrationsCount: 0,
        expiresAt,
        tags,
        metadata: Object.fromEntries((input.RegistrationMetadata ?? []).map((item) => [item.Key, item.Value])),
        createdAt,
      });
      const data = { activationId: id, registrationLimit, expires: expiresAt.toISOString() };
      tx.announce(activationCreated(call, activationArn(call, id), data));
      return { ActivationId: id, ActivationCode: code };
    });
  }
}
