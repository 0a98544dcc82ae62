import { existsSync, readFileSync } from 'node:fs';

import { writeAtomically } from './atomic-file.js';
import { BrokenState } from './broken-state.js';
import type { StateFolder } from './state-folder.js';

/** What this machine is in the fleet. */
export interface Registration {
  readonly nodeId: string;
  readonly account: string;
  readonly region: string;
  readonly activationId: string;
  readonly url: string;
  readonly publicKey: string;
  readonly busUrls: readonly string[];
  /** PEM, when the bus speaks TLS under a CA of its own. */
  readonly busCa?: string;
}

/** A broker credential and how long it lives. */
export interface Credential {
  readonly jwt: string;
  readonly obtainedAtMs: number;
  readonly expiresAtMs: number;
}

/** Keys by generation: the control plane may rotate them. */
export type NodeKeys = ReadonlyMap<number, Uint8Array>;

/** The registration in a state folder, or undefined when there is none. @throws BrokenState */
export function readRegistration(folder: StateFolder): Registration | undefined {
  if (!existsSync(folder.registration)) return undefined;
  const registration = readJson<Registration>(folder, folder.registration);
  const { nodeId, busUrls } = registration;
  if (typeof nodeId !== 'string' || !Array.isArray(busUrls) || busUrls.length === 0)
    throw broken(folder, folder.registration);
  return registration;
}

/** Keeps it. It is written last: whoever finds it finds the keys and the credential too. */
export function writeRegistration(folder: StateFolder, registration: Registration): void {
  writeAtomically(folder.registration, JSON.stringify(registration, null, 2));
}

/** @throws BrokenState */
export function readSeed(folder: StateFolder): Uint8Array {
  return new TextEncoder().encode(readText(folder, folder.seed).trim());
}

/** @throws BrokenState */
export function readCredential(folder: StateFolder): Credential {
  const credential = readJson<Credential>(folder, folder.credential);
  if (typeof credential.jwt !== 'string') throw broken(folder, folder.credential);
  return credential;
}

export function writeCredential(folder: StateFolder, credential: Credential): void {
  writeAtomically(folder.credential, JSON.stringify(credential));
}

/** @throws BrokenState */
export function readNodeKeys(folder: StateFolder): NodeKeys {
  const entries = Object.entries(readJson<Record<string, string>>(folder, folder.nodeKeys));
  if (entries.length === 0) throw broken(folder, folder.nodeKeys);
  return new Map(entries.map(([generation, key]) => [Number(generation), Buffer.from(key, 'base64')]));
}

export function writeNodeKeys(folder: StateFolder, keys: NodeKeys): void {
  const entries = [...keys].map(([generation, key]) => [generation, Buffer.from(key).toString('base64')]);
  writeAtomically(folder.nodeKeys, JSON.stringify(Object.fromEntries(entries)));
}

function readJson<T>(folder: StateFolder, path: string): T {
  try {
    const value: unknown = JSON.parse(readText(folder, path));
    if (typeof value === 'object' && value !== null) return value as T;
  } catch (cause) {
    if (cause instanceof BrokenState) throw cause;
    throw broken(folder, path, cause);
  }
  throw broken(folder, path);
}

function readText(folder: StateFolder, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw broken(folder, path, cause);
  }
}

function broken(folder: StateFolder, path: string, cause?: unknown): BrokenState {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  return new BrokenState(
    `${path} cannot be read${why}. Put it back from a backup, or register this machine again: muster-agent register --force --state-dir ${folder.root} …`,
    { cause },
  );
}
