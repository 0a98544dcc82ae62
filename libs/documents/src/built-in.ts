import { awsRunShellScript } from './built-in/aws-run-shell-script.js';
import type { CommandDocument } from './command-document.js';
import { parseCommandDocument } from './parse-command-document.js';

/** A document that Muster ships. */
export interface BuiltInDocument {
  readonly name: string;
  /** Built-in documents have one version. */
  readonly version: '1';
  /** The JSON text that travels to nodes. */
  readonly content: string;
  readonly document: CommandDocument;
  readonly platformTypes: readonly ('Linux' | 'MacOS' | 'Windows')[];
}

const builtIn = new Map<string, BuiltInDocument>([entry('AWS-RunShellScript', awsRunShellScript, ['Linux', 'MacOS'])]);

/** The shipped document of that name, if there is one. */
export function builtInDocument(name: string): BuiltInDocument | undefined {
  return builtIn.get(name);
}

/** All that are shipped. */
export function builtInDocuments(): readonly BuiltInDocument[] {
  return [...builtIn.values()];
}

function entry(name: string, body: object, platformTypes: BuiltInDocument['platformTypes']): [string, BuiltInDocument] {
  const content = JSON.stringify(body, null, 2);
  return [name, { name, version: '1', content, document: parseCommandDocument(content), platformTypes }];
}
