import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

import { LocalRootKey } from './local-root-key.js';
import type { RootKey, RootKeyProvider } from './root-key.js';

/** A root key in a file: 32 bytes as base64. Only its owner may read it. */
export class RootKeyFile implements RootKeyProvider {
  constructor(private readonly file: string) {}

  get place(): string {
    return `the file ${this.file}`;
  }

  async open(): Promise<RootKey> {
    const text = await readFile(this.file, 'utf8').catch((cause: unknown) => {
      throw new Error(`${this.place} cannot be read: bring back the root key`, { cause });
    });
    return LocalRootKey.parse(text, this.place);
  }

  async exists(): Promise<boolean> {
    return stat(this.file).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false;
        throw error;
      },
    );
  }

  /** Others than its owner may read it: worth a warning, not a refusal (mounted secrets often look so). */
  async isOpenToOthers(): Promise<boolean> {
    const { mode } = await stat(this.file);
    return process.platform !== 'win32' && (mode & 0o077) !== 0;
  }

  /** Makes a new one, readable by its owner alone, unless there is one. Whole or not at all, also when two do it at once. */
  async make(): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
    const draft = `${this.file}.${randomUUID()}`;
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(LocalRootKey.generate());
      // It must be on the disk before anything that it seals is.
      await handle.sync();
      await link(draft, this.file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    } finally {
      await handle.close();
      await unlink(draft);
    }
  }
}

/** A root key that the surroundings hold as a secret: 32 bytes as base64. */
export class RootKeySecret implements RootKeyProvider {
  readonly #text: string;

  /** @param place such as `MUSTER_IDENTITY_ROOT_KEY` */
  constructor(
    text: string,
    readonly place: string,
  ) {
    this.#text = text;
  }

  open(): Promise<RootKey> {
    return new Promise((resolve) => resolve(LocalRootKey.parse(this.#text, this.place)));
  }
}
