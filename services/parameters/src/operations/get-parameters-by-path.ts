import type { GetParametersByPathRequest, GetParametersByPathResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { isPublicPath, parameterArn, publicScope } from '../domain/parameter-name.js';
import { parameterShape } from '../domain/parameter-shape.js';
import { levelOf, pathFilters } from '../domain/path-query.js';
import { ParameterCipher, type Values } from '../parameter-cipher.js';
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
    const scope = { level, recursive, filters: input.ParameterFilters ?? [] };
    const most = input.MaxResults ?? PAGE;
    const found = await this.parameters.below(owner, level, {
      recursive,
      filters: pathFilters(input.ParameterFilters),
      after: positionOf<string>(call, scope, input.NextToken),
      most: most + 1,
    });
    const page = found.slice(0, most);
    const kept = page.map((each) => ({ ...each, version: each.version! }));
    const values = await this.cipher.values(call, input.WithDecryption ?? false, kept);
    const next = found.length > most ? nextToken(call, scope, page.at(-1)!.path) : undefined;
    return { on: [{ arn: parameterArn(owner, level) }, ...values.on], page, values, next };
  }

  async handle(_input: Valid<GetParametersByPathRequest>, { page, values, next }: Level) {
    return {
      Parameters: page.map((each) => parameterShape(each, each.version!, values.of(each.version!))),
      ...(next === undefined ? {} : { NextToken: next }),
    };
  }
}
