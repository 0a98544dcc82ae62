import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  ActiveKeysAnswerSchema,
  ActiveKeysRequestSchema,
  CurrentRevisionRequestSchema,
  EncryptionKeyAnswerSchema,
  EncryptionKeyRequestSchema,
  PoliciesOfAnswerSchema,
  PoliciesOfRequestSchema,
  RevisionSchema,
  subjects,
} from '@muster/contracts';
import type { NatsConnection } from '@nats-io/transport-node';

import { KeyRingStandIn } from './key-ring-stand-in.js';

/**
 * Identity for tests of other services: says on the bus what the test wants of policies and keys, and nothing else. Who
 * tests with the real identity leaves it out.
 */
export class IdentityStandIn {
  private revision = 1n;
  private readonly inactiveKeys = new Set<string>();
  private readonly policies = new Map<string, readonly string[]>();
  /** Keys of all accounts; `alias/aws/ssm` is everywhere. */
  readonly keys = new KeyRingStandIn(() => this.advance());

  constructor(private readonly nats: NatsConnection) {
    nats.subscribe(subjects.rpc('identity', 'policiesOf'), {
      queue: 'identity',
      callback: (error, msg) => {
        if (error) throw error;
        const { principalArn } = fromBinary(PoliciesOfRequestSchema, msg.data);
        const policies = this.policies.get(principalArn);
        const identityPolicies = (policies ?? []).map((document, place) => ({ name: `policy ${place + 1}`, document }));
        const answer = { exists: policies !== undefined, identityPolicies, revision: this.revision };
        msg.respond(toBinary(PoliciesOfAnswerSchema, create(PoliciesOfAnswerSchema, answer)));
      },
    });
    nats.subscribe(subjects.rpc('identity', 'activeKeys'), {
      queue: 'identity',
      callback: (error, msg) => {
        if (error) throw error;
        const { accessKeyIds } = fromBinary(ActiveKeysRequestSchema, msg.data);
        const answer = { active: accessKeyIds.filter((each) => !this.inactiveKeys.has(each)), revision: this.revision };
        msg.respond(toBinary(ActiveKeysAnswerSchema, create(ActiveKeysAnswerSchema, answer)));
      },
    });
    nats.subscribe(subjects.rpc('identity', 'currentRevision'), {
      queue: 'identity',
      callback: (error, msg) => {
        if (error) throw error;
        fromBinary(CurrentRevisionRequestSchema, msg.data);
        msg.respond(this.current());
      },
    });
    nats.subscribe(subjects.rpc('identity', 'encryptionKey'), {
      queue: 'identity',
      callback: (error, msg) => {
        if (error) throw error;
        const key = this.keys.answer(fromBinary(EncryptionKeyRequestSchema, msg.data));
        const answer = { ...(key && { key }), revision: this.revision };
        msg.respond(toBinary(EncryptionKeyAnswerSchema, create(EncryptionKeyAnswerSchema, answer)));
      },
    });
  }

  /** From now on these policies, JSON texts, speak about a principal. */
  attach(arn: string, policies: readonly object[]): void {
    this.policies.set(
      arn,
      policies.map((each) => JSON.stringify(each)),
    );
    this.advance();
  }

  private advance(): void {
    this.revision++;
    this.nats.publish(subjects.identityRevision, this.current());
  }

  /** From now on this access key is switched off. */
  deactivate(accessKeyId: string): void {
    this.inactiveKeys.add(accessKeyId);
    this.revision++;
    this.nats.publish(subjects.identityRevision, this.current());
  }

  private current(): Uint8Array {
    return toBinary(RevisionSchema, create(RevisionSchema, { revision: this.revision }));
  }
}
