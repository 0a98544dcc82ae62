import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { PoliciesOfAnswerSchema, PoliciesOfRequestSchema, RevisionSchema, subjects } from '@muster/contracts';
import type { TestDeployment } from '@muster/testing';

/** Plays identity: every principal has this policy. */
export async function anIdentity(
  deployment: TestDeployment,
  policyOf: (principal: string) => object,
): Promise<{ stop(): void }> {
  const connection = await deployment.connect('identity');
  const revision = toBinary(RevisionSchema, create(RevisionSchema, { revision: 1n }));
  connection.subscribe(subjects.rpc('identity', 'policiesOf'), {
    callback: (_error, msg) => {
      const { principalArn } = fromBinary(PoliciesOfRequestSchema, msg.data);
      const documents = [JSON.stringify(policyOf(principalArn))];
      msg.respond(toBinary(PoliciesOfAnswerSchema, create(PoliciesOfAnswerSchema, { documents, revision: 1n })));
    },
  });
  connection.subscribe(subjects.rpc('identity', 'currentRevision'), {
    callback: (_error, msg) => void msg.respond(revision),
  });
  const beacon = setInterval(() => connection.publish(subjects.identityRevision, revision), 250);
  await connection.flush();
  return { stop: () => clearInterval(beacon) };
}
