import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this clone. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** A file of this clone, parsed. */
export function readJson(...segments) {
  return JSON.parse(readFileSync(path.join(root, ...segments), 'utf8'));
}

/**
 * The packages of the workspace as folders relative to the clone, `libs/bus`.
 * Folders that hold no package.json are left out: what an editor or an old branch left behind is not a package.
 */
export function workspaceFolders() {
  const folders = readJson('package.json').workspaces.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(path.join(root, pattern.slice(0, -2))).map((name) => `${pattern.slice(0, -2)}/${name}`)
      : [pattern],
  );
  return folders.filter((folder) => existsSync(path.join(root, folder, 'package.json'))).sort();
}
