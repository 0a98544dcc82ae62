import { readFileSync } from 'node:fs';
import { arch, hostname, networkInterfaces, type as systemType } from 'node:os';

import { create } from '@bufbuild/protobuf';
import { type NodeFacts, NodeFactsSchema } from '@muster/contracts';

import { agentVersion } from './agent-version.js';

/** What is true of this machine now. */
export function nodeFacts(): NodeFacts {
  const system = osRelease();
  return create(NodeFactsSchema, {
    platformType: platformType(),
    platformName: system['NAME'] ?? systemType(),
    platformVersion: system['VERSION_ID'] ?? '',
    computerName: hostname(),
    ipAddress: firstAddress(),
    agentVersion,
    architecture: arch(),
  });
}

/** As SSM names it: Linux, Windows or MacOS. */
export function platformType(): string {
  const names: Readonly<Record<string, string>> = { Linux: 'Linux', Windows_NT: 'Windows', Darwin: 'MacOS' };
  return names[systemType()] ?? systemType();
}

/** The variables of an os-release text, unquoted. */
export function parseOsRelease(text: string): Readonly<Record<string, string | undefined>> {
  const pairs = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, unquote(value as string)]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function osRelease(): Readonly<Record<string, string | undefined>> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return parseOsRelease(readFileSync(path, 'utf8'));
    } catch {
      continue;
    }
  }
  return {};
}

function unquote(text: string): string {
  return text
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/\\(.)/g, '$1');
}

function firstAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = addresses.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  return (outside.find(({ family }) => family === 'IPv4') ?? outside[0])?.address ?? '127.0.0.1';
}
