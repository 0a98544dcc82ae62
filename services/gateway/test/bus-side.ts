import { createHash, createHmac } from 'node:crypto';

import { type MessageInitShape, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Hash, deriveSigningKey } from '@muster/aws-protocol';
import {
  Principal_Kind,
  RevisionSchema,
  SigningKeyAnswerSchema,
  type SigningKeyRequest,
  SigningKeyRequestSchema,
  subjects,
} from '@muster/contracts';
import type { TestDeployment } from '@muster/testing';
import { Kvm } from '@nats-io/kv';
import { type Msg, type NatsConnection, type Subscription, headers } from '@nats-io/transport-node';

export const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

export const alice = {
  accessKeyId: 'AKIAALICEALICEALICE1',
  secretAccessKey: 'alices-secret-alices-secret-alices-secret',
};
/** Temporary credentials. */
export const run7 = {
  accessKeyId: 'ASIARUN7RUN7RUN7RUN7',
  secretAccessKey: 'secret-of-run-7-secret-of-run-7-secret-of',
  sessionToken: 'token/of+run7==',
};
export const run7IssuedAt = Date.parse('2026-11-24T11:00:00Z');
const run7Principal = {
  account: '123456789012',
  arn: 'arn:aws:sts::123456789012:assumed-role/deploy/run-7',
  issuerArn: 'arn:aws:iam::123456789012:role/ci/deploy',
  userId: 'AROADEPLOY:run-7',
  kind: Principal_Kind.ASSUMED_ROLE,
};
export const aliceArn = 'arn:aws:iam::123456789012:user/alice';

/** What the gateway meets on the bus: identity, as far as it asks it, and whoever answers operations. */
export class BusSide {
  readonly active = new Set([alice.accessKeyId]);
  /** When the session of `run7` is over. */
  sessionEnds = Infinity;
  keyQuestions = 0;
  revisionQuestions = 0;
  private revision = 1n;
  private readonly rpcs: Subscription[] = [];
  private beacon: NodeJS.Timeout | undefined;

  private constructor(
    private readonly identity: NatsConnection,
    private readonly parameters: NatsConnection,
  ) {}

  static async open(deployment: TestDeployment): Promise<BusSide> {
    const side = new BusSide(await deployment.connect('identity'), await deployment.connect('parameters'));
    await side.speak();
    return side;
  }

  /** Identity goes away. */
  async fallSilent(): Promise<void> {
    clearInterval(this.beacon);
    for (const rpc of this.rpcs.splice(0)) rpc.unsubscribe();
    await this.identity.flush();
  }

  /** Identity is there. */
  async speak(): Promise<void> {
    this.rpcs.push(
      this.identity.subscribe(subjects.rpc('identity', 'signingKey'), {
        callback: (_error, msg) => this.answerKey(msg),
      }),
      this.identity.subscribe(subjects.rpc('identity', 'currentRevision'), {
        callback: (_error, msg) => {
          this.revisionQuestions++;
          msg.respond(this.revisionMessage());
        },
      }),
    );
    await this.identity.flush();
  }

  /** Identity says how far it is, without being asked. */
  announceRevisions(): void {
    this.beacon = setInterval(() => this.identity.publish(subjects.identityRevision, this.revisionMessage()), 50);
  }

  async revoke(accessKeyId: string): Promise<void> {
    this.active.delete(accessKeyId);
    await this.changed();
  }

  async restore(accessKeyId: string): Promise<void> {
    this.active.add(accessKeyId);
    await this.changed();
  }

  /** An operation of ssm that exists, whether or not somebody answers it. */
  async declare(operation: string): Promise<void> {
    const bucket = await new Kvm(this.parameters).open('operations', { allow_direct: true });
    await bucket.put(`ssm.${operation}`, 'parameters');
  }

  /** Answers an operation of ssm; the answer is what `handle` makes of the message. */
  async answer(operation: string, handle: (msg: Msg) => object | Promise<object>): Promise<Subscription> {
    const subscription = this.parameters.subscribe(subjects.api('ssm', operation), {
      callback: (_error, msg) => {
        void Promise.resolve(handle(msg)).then((output) => {
          const answer = headers();
          answer.set('Muster-Status', '200');
          answer.set('Content-Type', 'application/x-amz-json-1.1');
          msg.respond(JSON.stringify(output), { headers: answer });
        });
      },
    });
    await this.declare(operation);
    await this.parameters.flush();
    return subscription;
  }

  /** Something at identity is another. */
  async changed(): Promise<void> {
    this.revision++;
    this.identity.publish(subjects.identityRevision, this.revisionMessage());
    await this.identity.flush();
  }

  private revisionMessage(): Uint8Array {
    return toBinary(RevisionSchema, create(RevisionSchema, { revision: this.revision }));
  }

  private answerKey(msg: Msg): void {
    this.keyQuestions++;
    const question = fromBinary(SigningKeyRequestSchema, msg.data);
    msg.respond(toBinary(SigningKeyAnswerSchema, create(SigningKeyAnswerSchema, this.keyFor(question))));
  }

  private keyFor(question: SigningKeyRequest): MessageInitShape<typeof SigningKeyAnswerSchema> {
    const { revision } = this;
    const { accessKeyId, sessionToken } = question;
    if (accessKeyId === run7.accessKeyId && sessionToken === run7.sessionToken) {
      if (this.sessionEnds <= Date.now()) return { revision, expired: true };
      return {
        principal: { ...run7Principal, tokenIssuedAtMs: BigInt(run7IssuedAt) },
        signingKey: deriveSigningKey(run7.secretAccessKey, question, hash),
        expiresAtMs: BigInt(this.sessionEnds),
        revision,
      };
    }
    if (sessionToken !== undefined || !this.active.has(accessKeyId)) return { revision };
    return {
      principal: { account: '123456789012', arn: aliceArn, userId: 'AIDAALICE', kind: Principal_Kind.USER },
      signingKey: deriveSigningKey(alice.secretAccessKey, question, hash),
      revision,
    };
  }
}
