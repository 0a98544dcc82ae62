import { ApiError, type EnrolNodeRequest, type EnrolNodeResult } from '@muster/aws-protocol';
import { type Acted, Bus, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { type EventScope, Identity, nodeRegistered } from '@muster/contracts';
import { deriveNodeKey } from '@muster/keys';
import { Ids, type Tx, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import { AgentBus } from '../agent-bus.js';
import type { RegistryConfig } from '../config.js';
import { hashActivationCode } from '../domain/activation-code.js';
import { cleanText } from '../domain/clean-text.js';
import { provesPossession } from '../domain/enrolment-proof.js';
import { nodeArn } from '../domain/node-arn.js';
import { agentVersion, ipAddress } from '../domain/node-facts.js';
import { newNodeId } from '../domain/node-id.js';
import { Activations, type HeldActivation } from '../store/activations.js';
import { Nodes } from '../store/nodes.js';

interface Enrolled {
  readonly nodeId: string;
  readonly keyGeneration: number;
  readonly scope: EventScope;
}

/**
 * A machine becomes a managed node, or gets its answer once more: who repeats it with the same key and activation is the
 * same node, and no registration is burnt.
 */
@Operation('muster', 'EnrolNode', { public: true })
export class EnrolNode implements Handles<EnrolNodeRequest, Acted, EnrolNodeResult> {
  constructor(
    private readonly activations: Activations,
    private readonly nodes: Nodes,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    private readonly bus: Bus,
    private readonly agentBus: AgentBus,
    @Inject(CONFIG) private readonly config: RegistryConfig,
  ) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<EnrolNodeRequest>, _loaded: Acted, call: Call) {
    if (!provesPossession(input)) {
      throw new ApiError(
        'InvalidPublicKey',
        'The proof was not made with the seed of this public key, for this activation.',
      );
    }
    const { nodeId, keyGeneration, scope } = await this.work.run((tx) => this.enrol(tx, input));

    const credential = await this.bus.rpc(
      Identity.method.issueNodeCredential,
      { ...scope, nodeId, publicKey: input.PublicKey },
      { signal: call.signal },
    );
    return {
      NodeId: nodeId,
      Account: scope.account,
      Region: scope.region,
      ...this.agentBus.address,
      Credential: credential.jwt,
      CredentialExpiresAt: new Date(Number(credential.expiresAtMs)),
      NodeKey: deriveNodeKey(this.config.fleetSecret, nodeId, keyGeneration),
      NodeKeyGeneration: keyGeneration,
    };
  }

  private async enrol(tx: Tx, input: Valid<EnrolNodeRequest>): Promise<Enrolled> {
    const activation = await this.activations.hold(tx, input.ActivationId, hashActivationCode(input.ActivationCode));
    if (!activation) throw notValid();

    const known = await this.nodes.ofKey(tx, input.PublicKey);
    if (known?.activation === activation.id) {
      return { nodeId: known.id, keyGeneration: known.keyGeneration, scope: activation };
    }
    if (known) throw alreadyRegistered();
    checkRoom(activation);

    const nodeId = newNodeId((bytes) => this.ids.random(bytes));
    const computerName = cleanText(input.ComputerName, 255);
    const facts = {
      platformType: input.PlatformType,
      platformName: cleanText(input.PlatformName, 256),
      platformVersion: cleanText(input.PlatformVersion, 256),
      computerName,
      ipAddress: ipAddress(input.IPAddress),
      agentVersion: agentVersion(input.AgentVersion),
    };
    if (!(await this.nodes.add(tx, nodeId, activation, input.PublicKey, facts))) throw alreadyRegistered();
    await this.activations.countRegistration(tx, activation.id);
    const data = { nodeId, activationId: activation.id, ...(computerName !== undefined && { computerName }) };
    tx.announce(nodeRegistered(activation, nodeArn(activation, nodeId), data));
    return { nodeId, keyGeneration: 1, scope: activation };
  }
}

function checkRoom(activation: HeldActivation): void {
  if (activation.expired) {
    throw new ApiError('ActivationExpired', 'The activation has expired. Create another one with CreateActivation.');
  }
  if (activation.full) {
    const message = 'The activation has registered as many nodes as its RegistrationLimit allows. Create another one.';
    throw new ApiError('RegistrationLimitExceeded', message);
  }
}

function notValid(): ApiError {
  return new ApiError(
    'InvalidActivation',
    "The activation isn't valid. The activation might have been deleted, or the ActivationId and the ActivationCode don't match.",
  );
}

function alreadyRegistered(): ApiError {
  return new ApiError(
    'InstanceAlreadyRegistered',
    'This key is registered with another activation. Use another state folder, or deregister that node first.',
  );
}
