import type { ParameterDefinition } from './parameter-definition.js';
import type { Precondition } from './precondition.js';

/** A value inside a document: what JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A Command document of schema 2.2, parsed and found sound. */
export interface CommandDocument {
  readonly schemaVersion: '2.2';
  readonly description?: string;
  /** By name, in the order of the document. */
  readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  /** In the order in which they run. */
  readonly steps: readonly CommandStep[];
}

/** One entry of mainSteps. */
export interface CommandStep {
  readonly name: string;
  /** The SSM plugin that does it, such as `aws:runShellScript`. */
  readonly action: string;
  readonly precondition?: Precondition;
  /** Not interpolated yet. */
  readonly inputs: { readonly [key: string]: Json };
  /** What a failure means for the steps behind it. Without it they run all the same. */
  readonly onFailure?: 'exit' | 'successAndExit';
  /** Runs at the end, whatever became of the steps before it. */
  readonly finallyStep: boolean;
}

/** The text is not a document that can be run. The message says where and why; it is made for AWS's InvalidDocumentContent. */
export class InvalidDocument extends Error {
  override readonly name = 'InvalidDocument';
}
