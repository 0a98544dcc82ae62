import type { DiffParameterVersionsRequest, DiffParameterVersionsResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { parameterArn } from '../domain/parameter-name.js';
import { parameterNotFound, versionNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import { valueDiff } from '../domain/value-diff.js';
import { attributeChanges } from '../domain/version-attributes.js';
import { ParameterCipher, type Values } from '../parameter-cipher.js';
import type { FoundParameter, HistoricVersion } from '../store/parameters.js';
import { type WholeVersion, WholeVersions } from '../store/whole-versions.js';

interface Compared extends WholeVersion {
  readonly reference: Reference;
}

interface Pair extends Acted {
  readonly from: Compared;
  readonly to: Compared;
  readonly values: Values;
}

@Operation('muster', 'DiffParameterVersions')
export class DiffParameterVersions implements Handles<DiffParameterVersionsRequest, Pair, DiffParameterVersionsResult> {
  constructor(
    private readonly versions: WholeVersions,
    private readonly cipher: ParameterCipher,
  ) {}

  async load(input: Valid<DiffParameterVersionsRequest>, call: Call): Promise<Pair> {
    const reference = referenceOf(input.From, call);
    const from = await this.compared(reference);
    // Without another one it is compared with the newest version of the same parameter.
    const to = await this.compared(referenceOf(input.To ?? reference.path, call));
    const kept = [from, to].flatMap(({ found, version }) => (found && version ? [{ ...found, version }] : []));
    const values = await this.cipher.values(call, input.WithDecryption ?? false, kept);
    return { on: [...actedOn(from), ...actedOn(to), ...values.on], from, to, values };
  }

  handle(input: Valid<DiffParameterVersionsRequest>, pair: Pair, call: Call): Promise<DiffParameterVersionsResult> {
    const [from, to] = [there(pair.from), there(pair.to)];
    const shown = ({ version }: { version: HistoricVersion }) => ({
      type: version.type,
      // Sealed texts of the same value differ: of what is not opened nothing is known.
      value: version.type === 'SecureString' && !input.WithDecryption ? undefined : pair.values.of(version),
    });
    return Promise.resolve({
      From: pointOf(call, from),
      To: pointOf(call, to),
      Attributes: attributeChanges(from.version, to.version),
      Value: valueDiff(shown(from), shown(to)),
    });
  }

  private async compared(reference: Reference): Promise<Compared> {
    return { reference, ...(await this.versions.of(reference)) };
  }
}

function actedOn({ reference, found }: Compared) {
  const resource = { arn: reference.arn, tags: found?.tags ?? {} };
  const actions = ['ssm:GetParameter', 'ssm:GetParameterHistory'];
  return [resource, ...actions.map((action) => ({ ...resource, action }))];
}

function there({ reference, found, version }: Compared): { found: FoundParameter; version: HistoricVersion } {
  if (!found) throw parameterNotFound(reference.text);
  if (!version) throw versionNotFound(found, reference);
  return { found, version };
}

function pointOf(call: Call, { found, version }: { found: FoundParameter; version: HistoricVersion }) {
  return { Name: found.name, ARN: parameterArn(call, found.path), Version: version.number };
}
