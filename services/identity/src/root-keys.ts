import { Envelope, RootKeyFile, type RootKeyProvider, RootKeySecret } from '@muster/keys';
import type { Database } from '@muster/persistence';
import { log } from '@muster/telemetry';

import type { IdentityConfig } from './config.js';
import { countSealedByOthers, isAnythingSealed } from './store/sealed-columns.js';

/**
 * The envelope of this deployment's root key, from wherever the configuration says that it is. A key file is made when it
 * is not there, but never beside a database that another key sealed.
 * @throws when there is no root key, two of them, or one that is unfit
 */
export async function openEnvelope(config: IdentityConfig, database: Database): Promise<Envelope> {
  const provider = await providerOf(config, database);
  const older = (config.olderRootKeys ?? []).map(
    (text, index) => new RootKeySecret(text, `key ${index + 1} of MUSTER_IDENTITY_OLDER_ROOT_KEYS`),
  );
  const current = await provider.open();
  const envelope = new Envelope(current, await Promise.all(older.map((each) => each.open())));
  const lost = await countSealedByOthers(database, [envelope.rootKeyId, ...envelope.olderRootKeyIds]);
  if (lost > 0) {
    log('root-key').error(
      { secrets: lost },
      'Secrets were sealed with root keys that are not here: name them in MUSTER_IDENTITY_OLDER_ROOT_KEYS.',
    );
  }
  return envelope;
}

async function providerOf(config: IdentityConfig, database: Database): Promise<RootKeyProvider> {
  const { rootKey, rootKeyFile } = config;
  if ((rootKey === undefined) === (rootKeyFile === undefined)) {
    throw new Error('Set one of MUSTER_IDENTITY_ROOT_KEY_FILE and MUSTER_IDENTITY_ROOT_KEY.');
  }
  if (rootKey !== undefined) return new RootKeySecret(rootKey, 'MUSTER_IDENTITY_ROOT_KEY');
  const file = new RootKeyFile(rootKeyFile!);
  if (!(await file.exists())) {
    if (await isAnythingSealed(database)) {
      throw new Error(`${file.place} is not there, and secrets in the database need it: bring back the root key.`);
    }
    await file.make();
    log('root-key').info(
      { file: rootKeyFile },
      'A root key was made. Whoever loses it loses every secret: back it up.',
    );
  }
  if (await file.isOpenToOthers()) {
    log('root-key').warn({ file: rootKeyFile }, 'Others than its owner may read the root key: chmod 600 it.');
  }
  return file;
}
