import type { Hello } from '@muster/contracts';

import { cleanText } from './clean-text.js';

/** What a node says about itself, as it is stored. */
export interface NodeFacts {
  readonly platformType?: string | undefined;
  readonly platformName?: string | undefined;
  readonly platformVersion?: string | undefined;
  readonly computerName?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly agentVersion?: string | undefined;
  readonly architecture?: string | undefined;
  readonly plugins: readonly string[];
}

const PLATFORM_TYPES = ['Windows', 'Linux', 'MacOS'];
const MOST_PLUGINS = 100;

/** Reads the facts of a hello. What does not fit AWS's shapes is left out: answers must stay readable for clients. */
export function factsOf(hello: Hello): NodeFacts {
  const { facts } = hello;
  return {
    platformType: facts && PLATFORM_TYPES.includes(facts.platformType) ? facts.platformType : undefined,
    platformName: cleanText(facts?.platformName, 256),
    platformVersion: cleanText(facts?.platformVersion, 256),
    computerName: cleanText(facts?.computerName, 255),
    ipAddress: ipAddress(facts?.ipAddress),
    agentVersion: agentVersion(facts?.agentVersion),
    architecture: cleanText(facts?.architecture, 64),
    plugins: hello.plugins.slice(0, MOST_PLUGINS).flatMap((name) => cleanText(name, 128) ?? []),
  };
}

/** AWS's shape of a version: three or four numbers. */
export function agentVersion(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9]{1,6}(\.[0-9]{1,6}){2,3}$/.test(text) ? text : undefined;
}

/** An IPv4 or IPv6 address, at most 46 characters. */
export function ipAddress(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9A-Fa-f.:]{2,46}$/.test(text) ? text : undefined;
}
