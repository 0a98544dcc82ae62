import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { createNkey, type Nkey, nkeyFromSeed } from '@muster/keys';

import { type Enrolled, EnrolmentRefused, enrolNode } from '../enrol/enrol-node.js';
import { fetchPinnedCa, parsePin } from '../enrol/pinned-ca.js';
import { nodeFacts } from '../node-facts.js';
import { writeAtomically } from '../state/atomic-file.js';
import { fingerprintOf } from '../state/fingerprint.js';
import { takeLock } from '../state/instance-lock.js';
import {
  readRegistration,
  readSeed,
  type Registration,
  writeCredential,
  writeNodeKeys,
  writeRegistration,
} from '../state/registration.js';
import { defaultStateFolder, openStateFolder, type StateFolder } from '../state/state-folder.js';
import { UsageError } from './usage.js';

interface Order {
  readonly url: URL;
  readonly activationId: string;
  readonly activationCode: string;
  readonly pin?: string;
  readonly force: boolean;
  readonly stateDir: string;
  readonly region?: string;
}

/** Kept from before the first call until the answer is safe: a lost answer is asked for again with the same key. */
interface Begun {
  readonly activationId: string;
  readonly fingerprint: string;
}

const attempts = 5;

/** `muster-agent register`: makes keys on this machine and asks for its place in the fleet. */
export async function register(args: readonly string[]): Promise<void> {
  const order = parseOrder(args);
  const folder = openStateFolder(order.stateDir);
  const lock = takeLock(folder);
  try {
    const before = readUsable(folder, order.force);
    const again = before !== undefined && !order.force;
    if (again) demandSameActivation(before, order, folder);
    if (order.force) forgetIdentity(folder);
    const registration = await enrol(order, folder, again);
    if (again) console.log(`Registered already as ${registration.nodeId}; what it knows of the bus is new.`);
    else console.log(`Registered as ${registration.nodeId} (account ${registration.account}, ${registration.region}).`);
    console.log(`Start it: muster-agent run --state-dir ${folder.root}`);
  } finally {
    lock.release();
  }
}

/** @param again asks with the same key: the same node is told where the bus is now, and gets a fresh credential */
async function enrol(order: Order, folder: StateFolder, again: boolean): Promise<Registration> {
  const { key, fingerprint } = again ? known(folder) : begin(order, folder);
  const ca = order.pin === undefined ? undefined : await fetchPinnedCa(order.url, order.pin);
  const answer = await askUntilAnswered(
    () => enrolNode({ ...order, key, fingerprint, facts: nodeFacts(), ca }),
    order.url,
  );
  if (order.region !== undefined && order.region !== answer.Region) {
    throw new EnrolmentRefused(`The activation belongs to region ${answer.Region}, not ${order.region}.`);
  }
  return keep(answer, order, key, folder);
}

function known(folder: StateFolder): { key: Nkey; fingerprint: string } {
  return { key: nkeyFromSeed(Buffer.from(readSeed(folder)).toString()), fingerprint: fingerprintOf(folder) };
}

/** The key is on disk before anybody hears of it. */
function begin(order: Order, folder: StateFolder): { key: Nkey; fingerprint: string } {
  if (existsSync(folder.enrolment)) {
    const begun = JSON.parse(readFileSync(folder.enrolment, 'utf8')) as Begun;
    if (begun.activationId === order.activationId) {
      return { key: nkeyFromSeed(Buffer.from(readSeed(folder)).toString()), fingerprint: begun.fingerprint };
    }
  }
  const key = createNkey('user');
  const fingerprint = fingerprintOf(folder);
  writeAtomically(folder.seed, key.seed);
  writeAtomically(folder.enrolment, JSON.stringify({ activationId: order.activationId, fingerprint } satisfies Begun));
  return { key, fingerprint };
}

function keep(answer: Enrolled, order: Order, key: Nkey, folder: StateFolder): Registration {
  const registration: Registration = {
    nodeId: answer.NodeId,
    account: answer.Account,
    region: answer.Region,
    activationId: order.activationId,
    url: order.url.href,
    publicKey: key.publicKey,
    busUrls: answer.BusUrls,
    ...(answer.BusCa ? { busCa: answer.BusCa } : {}),
  };
  writeNodeKeys(folder, new Map([[answer.NodeKeyGeneration, Buffer.from(answer.NodeKey, 'base64')]]));
  const expiresAtMs = Math.round(answer.CredentialExpiresAt * 1000);
  writeCredential(folder, { jwt: answer.Credential, obtainedAtMs: Date.now(), expiresAtMs });
  writeRegistration(folder, registration);
  rmSync(folder.enrolment, { force: true });
  return registration;
}

async function askUntilAnswered(ask: () => Promise<Enrolled>, url: URL): Promise<Enrolled> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof EnrolmentRefused) throw error;
      const why = (error as Error).message;
      if (isDistrusted(error))
        throw new Error(`${url.host} is not trusted: ${why}. If it has a CA of its own, say which: --ca-pin SHA256.`, {
          cause: error,
        });
      if (attempt === attempts) {
        throw new Error(`${url.href} did not answer: ${why}. Run the same command again: it asks with the same key.`, {
          cause: error,
        });
      }
      console.error(`No answer from ${url.host} (${why}); asking again.`);
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }
}

/** The server's certificate was looked at and found wanting: nothing was sent, and asking again changes nothing. */
function isDistrusted(error: unknown): boolean {
  const code = String((error as NodeJS.ErrnoException).code);
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code);
}

function readUsable(folder: StateFolder, force: boolean): Registration | undefined {
  try {
    return readRegistration(folder);
  } catch (error) {
    if (force) return undefined;
    throw error;
  }
}

function demandSameActivation(before: Registration, order: Order, folder: StateFolder): void {
  if (before.activationId === order.activationId) return;
  throw new UsageError(
    `${folder.root} is registered already, as ${before.nodeId}. To replace it: --force. For a second node on this machine: another --state-dir.`,
  );
}

/** Another identity has another history: what the old one knew is moved aside, not mixed in. */
function forgetIdentity(folder: StateFolder): void {
  for (const path of [
    folder.registration,
    folder.enrolment,
    folder.seed,
    folder.credential,
    folder.nodeKeys,
    folder.status,
  ]) {
    rmSync(path, { force: true });
  }
  if (existsSync(folder.journal)) renameSync(folder.journal, `${folder.journal}.before-${Date.now()}`);
}

function parseOrder(args: readonly string[]): Order {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'activation-id': { type: 'string' },
      'activation-code': { type: 'string' },
      'activation-code-file': { type: 'string' },
      url: { type: 'string' },
      'ca-pin': { type: 'string' },
      'state-dir': { type: 'string' },
      region: { type: 'string' },
      force: { type: 'boolean', default: false },
      'allow-plain-http': { type: 'boolean', default: false },
    },
  });
  const activationId = values['activation-id'];
  const codeFile = values['activation-code-file'];
  const activationCode =
    values['activation-code'] ?? (codeFile === undefined ? undefined : readFileSync(codeFile, 'utf8').trim());
  if (!activationId || !activationCode || !values.url) {
    throw new UsageError('register needs --activation-id, --activation-code and --url.');
  }
  return {
    url: parseUrl(values.url, values['allow-plain-http'], values['ca-pin'] !== undefined),
    activationId,
    activationCode,
    pin: values['ca-pin'] === undefined ? undefined : parsePin(values['ca-pin']),
    force: values.force,
    stateDir: values['state-dir'] ?? defaultStateFolder(),
    region: values.region,
  };
}

function parseUrl(text: string, plainAllowed: boolean, pinned: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UsageError(`--url must be like https://muster.example:8443, not ${text}.`);
  }
  if (url.protocol === 'https:') return url;
  if (pinned) throw new UsageError('--ca-pin needs an https URL.');
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (!isHere && !plainAllowed) {
    throw new UsageError(`${text} would carry the activation code unencrypted. Use https, or say --allow-plain-http.`);
  }
  return url;
}
