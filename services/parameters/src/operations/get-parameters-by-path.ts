import type { GetParametersByPathRequest, GetParametersByPathResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { isPublicPath, parameterArn, publicScope } from '../domain/parameter-name.js';
import { parameterShape } from '../domain/parameter-shape.js';
import { byPathQuery } from '../domain/parameter-query.js';
import { levelOf } from '../domain/path-level.js';
import { ParameterCipher, type Values } from '../parameter-cipher.js';
import { scanPosition } from '../store/parameter-scan.js';
import { type FoundParameter, Parameters } from '../store/parameters.js';

const PAGE = 10;

interface Level extends Acted {
  readonly page: readonly FoundParameter[];
  readonly values: Values;
  readonly next: string | undefined;
}

@Operation('ssm', 'GetParametersByPath')
export class GetParametersByPath implements Handles<GetParametersByPathRequest, Level, GetParametersByPathResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly cipher: ParameterCipher,
  ) {}

  // Whoever may read a path may read all below it: AWS decides on the path alone, and on the keys of what is decrypted.
  async load(input: Valid<GetParametersByPathRequest>, call: Call): Promise<Level> {
    const level = levelOf(input.Path);
    const owner = isPublicPath(level) ? publicScope(call) : call;
    const recursive = input.Recursive ?? false;
    const query = byPathQuery(level, recursive, input.ParameterFilters);
    const scope = { level, recursive, filters: input.ParameterFilters ?? [] };
    const position = scanPosition(positionOf(call, scope, input.NextToken));
    const { matches: page, next } = await this.parameters.page(call, query, position, input.MaxResults ?? PAGE);
    const kept = page.map((each) => ({ ...each, version: each.version! }));
    const values = await this.cipher.values(call, input.WithDecryption ?? false, kept);
    const resource = { arn: parameterArn(owner, level), context: { 'ssm:Recursive': String(recursive) } };
    return { on: [resource, ...values.on], page, values, next: next && nextToken(call, scope, next) };
  }

  async handle(_input: Valid<GetParametersByPathRequest>, { page, values, next }: Level) {
    return {
      Parameters: page.map((each) => parameterShape(each, each.version!, values.of(each.version!))),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  }
}
