import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeAtomically } from './atomic-file.js';
import type { StateFolder } from './state-folder.js';

/**
 * One for each state folder and machine: made of a random number in the folder and of what the machine says about itself, so that a cloned
 * disk on another machine has another one. It may change with new hardware; the registry minds only two that live at once.
 */
export function fingerprintOf(folder: StateFolder): string {
  const facts = [
    folderNumber(folder),
    text('/etc/machine-id'),
    text('/sys/class/dmi/id/product_uuid'),
    ...hardwareAddresses(),
  ];
  return createHash('sha256').update(facts.join('\n')).digest('hex');
}

function folderNumber(folder: StateFolder): string {
  const path = join(folder.root, 'folder-id');
  if (!existsSync(path)) writeAtomically(path, randomBytes(16).toString('hex'));
  return text(path);
}

// Only real (or virtio) cards have a device: bridges and containers' cables come and go.
function hardwareAddresses(): readonly string[] {
  const cards = '/sys/class/net';
  if (!existsSync(cards)) return [];
  return readdirSync(cards)
    .filter((card) => existsSync(join(cards, card, 'device')))
    .map((card) => text(join(cards, card, 'address')))
    .sort();
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
