import type { NodeFacts } from '@muster/contracts';
import type { Nkey } from '@muster/keys';
import { z } from 'zod';

import { postJson } from './post-json.js';

/** What is asked with. */
export interface Enrolment {
  readonly url: URL;
  readonly activationId: string;
  readonly activationCode: string;
  readonly key: Nkey;
  readonly fingerprint: string;
  readonly facts: NodeFacts;
  /** PEM. */
  readonly ca?: string;
}

const answerShape = z.object({
  NodeId: z.string().regex(/^mi-[0-9a-f]{17}$/),
  Account: z.string(),
  Region: z.string(),
  BusUrls: z.array(z.string()).min(1),
  BusCa: z.string().nullish(),
  Credential: z.string().min(1),
  CredentialExpiresAt: z.number(),
  NodeKey: z.string().min(1),
  NodeKeyGeneration: z.number().int(),
});

/** What this machine becomes. */
export type Enrolled = z.output<typeof answerShape>;

/** The server said no: asking again will not help. */
export class EnrolmentRefused extends Error {
  override readonly name = 'EnrolmentRefused';
}

/** Asks for a place in the fleet. The same key gets the same place, however often it asks. @throws EnrolmentRefused, or whatever came between */
export async function enrolNode(enrolment: Enrolment): Promise<Enrolled> {
  const { url, activationId, activationCode, key, fingerprint, facts } = enrolment;
  const claim = `muster-enrol\n${activationId}\n${key.publicKey}\n${fingerprint}`;
  const { status, body } = await postJson(
    url,
    'Muster.EnrolNode',
    {
      ActivationId: activationId,
      ActivationCode: activationCode,
      PublicKey: key.publicKey,
      Fingerprint: fingerprint,
      Proof: Buffer.from(key.sign(Buffer.from(claim))).toString('base64'),
      ComputerName: facts.computerName,
      PlatformType: facts.platformType,
      PlatformName: facts.platformName,
      PlatformVersion: facts.platformVersion,
      AgentVersion: facts.agentVersion,
      IPAddress: facts.ipAddress,
    },
    enrolment.ca,
  );
  if (status >= 500) throw new Error(`the server has trouble (HTTP ${status}): ${messageOf(body)}`);
  if (status !== 200) throw new EnrolmentRefused(messageOf(body));
  const answer = answerShape.safeParse(body);
  if (!answer.success)
    throw new EnrolmentRefused(
      `The answer of ${url.host} is not one of Muster's: ${answer.error.issues[0]?.path.join('.')} is wrong.`,
    );
  return answer.data;
}

function messageOf(body: Readonly<Record<string, unknown>>): string {
  const code = typeof body['__type'] === 'string' ? body['__type'].replace(/^.*#/, '') : 'no error code';
  const text = body['message'] ?? body['Message'];
  return typeof text === 'string' ? `${code}: ${text}` : code;
}
