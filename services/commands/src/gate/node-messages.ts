import type { MessageInitShape } from '@bufbuild/protobuf';
import { CONFIG } from '@muster/config';
import type { NodeMessageSchema, NodeVerb } from '@muster/contracts';
import { deriveNodeKey, sealNodeMessage } from '@muster/keys';
import { traceparent } from '@muster/telemetry';
import { Inject, Injectable } from '@nestjs/common';

import type { CommandsConfig } from '../config.js';

/** What a message to a node says. */
export interface NodeMessageContent {
  readonly epoch: string;
  readonly verb: NodeVerb;
  readonly invocationId: string;
  /** After its arrival. */
  readonly validForMs: number;
  readonly content: NonNullable<MessageInitShape<typeof NodeMessageSchema>['content']>;
}

/** Messages that a node believes: sealed with its own key. */
@Injectable()
export class NodeMessages {
  constructor(@Inject(CONFIG) private readonly config: CommandsConfig) {}

  seal(node: { readonly nodeId: string; readonly keyGeneration: number }, message: NodeMessageContent): Uint8Array {
    const key = deriveNodeKey(this.config.fleetSecret, node.nodeId, node.keyGeneration);
    const trace = traceparent();
    return sealNodeMessage(key, node.keyGeneration, {
      nodeId: node.nodeId,
      epoch: message.epoch,
      verb: message.verb,
      invocationId: message.invocationId,
      validForMs: BigInt(message.validForMs),
      sealedAtMs: BigInt(Date.now()),
      content: message.content,
      ...(trace ? { traceparent: trace } : {}),
    });
  }
}
