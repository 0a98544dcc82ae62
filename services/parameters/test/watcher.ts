import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { CreateParameterWatchResult, WatchParametersResult } from '@muster/aws-protocol';
import { IssueWatchCredentialAnswerSchema, IssueWatchCredentialRequestSchema, subjects } from '@muster/contracts';
import { userJwt, watcherPermissions } from '@muster/keys';
import { Arrivals, type ServiceUnderTest } from '@muster/testing';
import { type NatsConnection, connect, credsAuthenticator } from '@nats-io/transport-node';

/** Events, as far as parameters asks it: signs credentials of watchers. */
export function signWatchCredentials({ nats, deployment }: ServiceUnderTest): void {
  nats.subscribe(subjects.rpc('events', 'issueWatchCredential'), {
    queue: 'events',
    callback: (error, msg) => {
      if (error) throw error;
      const { account, watchId, publicKey } = fromBinary(IssueWatchCredentialRequestSchema, msg.data);
      const expiresAt = new Date(Date.now() + 3_600_000);
      const user = { name: watchId, publicKey, permissions: watcherPermissions(account, watchId), expiresAt };
      const jwt = userJwt(deployment.deployment.accounts.ext, user);
      const answer = { jwt, expiresAtMs: BigInt(expiresAt.getTime()), urls: [deployment.natsUrl] };
      msg.respond(toBinary(IssueWatchCredentialAnswerSchema, create(IssueWatchCredentialAnswerSchema, answer)));
    },
  });
}

/** An outsider with a plain NATS client, who knows what the answer says and nothing else. */
export class Watcher {
  readonly messages = new Arrivals<WatchParametersResult>();

  private constructor(readonly nats: NatsConnection) {}

  static async connect({ Urls, Credential, Subject }: CreateParameterWatchResult): Promise<Watcher> {
    const nats = await connect({
      servers: Urls!,
      authenticator: credsAuthenticator(new TextEncoder().encode(Credential)),
      reconnect: false,
      noAsyncTraces: true,
    });
    const watcher = new Watcher(nats);
    nats.subscribe(Subject!, {
      callback: (error, msg) => {
        if (error) throw error;
        watcher.messages.push(msg.json<WatchParametersResult>());
      },
    });
    await nats.flush();
    return watcher;
  }

  /** The next change or end; beats aside. */
  next(): Promise<WatchParametersResult> {
    return this.messages.next((each) => each.Event !== 'Alive');
  }
}
