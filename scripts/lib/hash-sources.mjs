import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { root, workspaceFolders } from './repository.mjs';

/**
 * A hash of everything that the build reads: by content, so that a fresh checkout, a touched file or a switched branch
 * with the same text builds nothing.
 */
export function hashSources() {
  const hash = createHash('sha256');
  for (const file of sourceFiles()) {
    const bytes = readFileSync(path.join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function sourceFiles() {
  const files = ['tsconfig.base.json', 'package-lock.json', 'scripts/lib/ensure-built.mjs'];
  for (const folder of workspaceFolders()) {
    files.push(`${folder}/package.json`, `${folder}/tsconfig.lib.json`);
    for (const inside of ['src', 'models']) walk(`${folder}/${inside}`, files);
  }
  return files.sort();
}

function walk(folder, into) {
  let entries;
  try {
    entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  for (const entry of entries) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) walk(name, into);
    else if (!entry.name.endsWith('.spec.ts')) into.push(name);
  }
}
