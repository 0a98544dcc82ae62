import {
  ApiError,
  type ResolveTemplateRequest,
  type ResolveTemplateResult,
  type ResolvedTemplateParameter,
  type ResolvedTemplateReference,
} from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { AllowedPatterns } from '../allowed-patterns.js';
import { checkValue, constraintMissed } from '../domain/cloudformation/check-value.js';
import { type DeclaredParameter, declaredParameters } from '../domain/cloudformation/declared-parameter.js';
import { type DynamicReference, dynamicReferences, withValues } from '../domain/cloudformation/dynamic-reference.js';
import { givenValues } from '../domain/cloudformation/given-values.js';
import { parseTemplate } from '../domain/cloudformation/parse-template.js';
import {
  namingParameter,
  plainParameter,
  refuseOtherKind,
  storedParameter,
  withChange,
} from '../domain/cloudformation/resolved-parameter.js';
import { refuseOtherPrefix, resolvedReference, unevaluated } from '../domain/cloudformation/resolved-reference.js';
import { nameHeld, notFetched, notFound, storeName } from '../domain/cloudformation/store-name.js';
import { templateError } from '../domain/cloudformation/template-error.js';
import { templateVariables } from '../domain/cloudformation/template-variables.js';
import type { Template } from '../domain/cloudformation/template.js';
import { actedParameter } from '../domain/acted-parameter.js';
import { referenceToRead } from '../domain/reference.js';
import { sortReferences } from '../domain/sort-references.js';
import { ParameterCipher, type Values } from '../parameter-cipher.js';
import { type FoundParameter, type FoundVersion, Parameters } from '../store/parameters.js';

interface Given extends DeclaredParameter {
  readonly value: string;
  /** Under which it is looked up; absent when it does not come from Parameter Store. */
  readonly name?: string;
}

interface Loaded extends Acted {
  readonly template: Template;
  readonly parameters: readonly Given[];
  readonly references: readonly DynamicReference[];
  /** By what it was looked up with. */
  readonly found: ReadonlyMap<string, FoundParameter>;
  readonly secrets: Values;
}

/** What CloudFormation takes from Parameter Store for a template, decided as if the caller read each parameter itself. */
@Operation('muster', 'ResolveTemplate')
export class ResolveTemplate implements Handles<ResolveTemplateRequest, Loaded, ResolveTemplateResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly cipher: ParameterCipher,
    private readonly patterns: AllowedPatterns,
  ) {}

  async load(input: Valid<ResolveTemplateRequest>, call: Call): Promise<Loaded> {
    const template = parseTemplate(input.TemplateBody);
    const declared = declaredParameters(template);
    const values = givenValues(declared, input.Parameters ?? [], input.PreviousParameters ?? []);
    const parameters = declared.map((each) => given(each, values.get(each.key)!));
    const references = dynamicReferences(template, templateVariables(declared, values, call));

    const names = [
      ...parameters.flatMap(({ name }) => (name === undefined ? [] : [name])),
      ...references.flatMap((each) => (each.names ? [storeName(each.names)] : [])),
    ];
    const sorted = sortReferences(names, call, referenceToRead).references;
    const looked = await this.parameters.find(sorted);
    const found = new Map(sorted.flatMap(({ text }, index) => (looked[index] ? [[text, looked[index]] as const] : [])));

    const secret = references
      .filter(({ service }) => service === 'ssm-secure')
      .flatMap(({ names: named }) => found.get(named ? storeName(named) : '') ?? [])
      .flatMap((each) => (each.version ? [{ ...each, version: each.version }] : []));
    const secrets = await this.cipher.values(call, input.WithDecryption ?? false, secret);
    const read = sorted.map((each, index) => ({
      ...actedParameter(each, looked[index]),
      action: 'ssm:GetParameters',
    }));
    return { on: [{ arn: '*' }, ...read, ...secrets.on], template, parameters, references, found, secrets };
  }

  async handle(input: Valid<ResolveTemplateRequest>, loaded: Loaded, call: Call): Promise<ResolveTemplateResult> {
    for (const each of loaded.parameters) await this.checkPattern(call.account, each);
    const parameters = resolveParameters(loaded);
    const references = resolveReferences(loaded, input.WithDecryption ?? false);
    return {
      ...compared(parameters, input.PreviousParameters),
      DynamicReferences: references,
      ...(input.ReplaceReferences ? { TemplateBody: replaced(loaded.template, references) } : {}),
    };
  }

  private async checkPattern(account: string, parameter: Given): Promise<void> {
    const { key, allowedPattern, value } = parameter;
    if (allowedPattern === undefined) return;
    try {
      await this.patterns.check(account, allowedPattern, value);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 'ServiceUnavailable') throw error;
      if (error.code === 'ParameterPatternMismatchException') {
        throw constraintMissed(parameter, `Parameter '${key}' must match pattern ${allowedPattern}`);
      }
      throw templateError(`Template format error: Parameters/${key}/AllowedPattern: ${error.message}`, error);
    }
  }
}

/** A parameter with its value, which is checked as far as it can be without looking anything up. */
function given(declared: DeclaredParameter, value: string): Given {
  checkValue(declared, value);
  return { ...declared, value, ...(declared.type.store === undefined ? {} : { name: nameHeld(declared, value) }) };
}

function resolveParameters({ parameters, found, secrets }: Loaded): ResolvedTemplateParameter[] {
  const missing = parameters.flatMap(({ name }) => (name !== undefined && !found.get(name)?.version ? [name] : []));
  if (missing.length > 0) throw notFetched([...new Set(missing)]);
  return parameters.map((each) => {
    if (each.name === undefined) return plainParameter(each, each.value);
    if (each.type.store === 'name') return namingParameter(each, each.name);
    const version = found.get(each.name)!.version!;
    refuseOtherKind(each, each.name, version.type);
    return storedParameter(each, each.name, stored(version, secrets));
  });
}

function resolveReferences({ references, found, secrets }: Loaded, decrypted: boolean): ResolvedTemplateReference[] {
  const versionOf = (each: DynamicReference) => found.get(storeName(each.names!))?.version;
  const missing = references.filter((each) => each.names && !versionOf(each));
  if (missing.length > 0) throw notFound(missing);
  return references.map((each) => {
    if (!each.names) return unevaluated(each);
    const version = versionOf(each)!;
    refuseOtherPrefix(each, version.type);
    const { type, version: number, value } = stored(version, secrets);
    const seen = each.service === 'ssm' || decrypted;
    return resolvedReference(each, { type, version: number }, seen ? value : undefined);
  });
}

function stored(version: FoundVersion, values: Values) {
  return { type: version.type, version: version.number, value: values.of(version) };
}

function compared(
  parameters: readonly ResolvedTemplateParameter[],
  previous: Valid<ResolveTemplateRequest>['PreviousParameters'],
): Pick<ResolveTemplateResult, 'Parameters' | 'Changed'> {
  if (!previous) return { Parameters: [...parameters] };
  const before = new Map(previous.map((each) => [each.ParameterKey, each]));
  const now = parameters.map((each) => withChange(each, before.get(each.ParameterKey)));
  const gone = previous.some((each) => !now.some(({ ParameterKey }) => ParameterKey === each.ParameterKey));
  return { Parameters: now, Changed: gone || now.some(({ Changed }) => Changed) };
}

/** As JSON, whatever it was written in: that, too, is YAML. */
function replaced(template: Template, references: readonly ResolvedTemplateReference[]): string {
  const values = new Map(references.map(({ Path, Reference, Value }) => [`${Path} ${Reference}`, Value]));
  return JSON.stringify(
    withValues(template, (text, path) => values.get(`${path} ${text}`)),
    undefined,
    2,
  );
}
