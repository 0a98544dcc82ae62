import type { GetParametersByPathRequest, GetParametersByPathResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { parameterArn } from '../domain/parameter-name.js';
import { parameterShape } from '../domain/parameter-shape.js';
import { levelOf, pathFilters } from '../domain/path-query.js';
import { Parameters } from '../store/parameters.js';

const PAGE = 10;

interface Level extends Acted {
  readonly level: string;
}

@Operation('ssm', 'GetParametersByPath')
export class GetParametersByPath implements Handles<GetParametersByPathRequest, Level, GetParametersByPathResult> {
  constructor(private readonly parameters: Parameters) {}

  // Whoever may read a path may read all below it: AWS decides on the path alone.
  load(input: Valid<GetParametersByPathRequest>, call: Call): Level {
    const level = levelOf(input.Path);
    return { on: [{ arn: parameterArn(call, level) }], level };
  }

  async handle(input: Valid<GetParametersByPathRequest>, { level }: Level, call: Call) {
    const recursive = input.Recursive ?? false;
    const scope = { level, recursive, filters: input.ParameterFilters ?? [] };
    const most = input.MaxResults ?? PAGE;
    const found = await this.parameters.below(call, level, {
      recursive,
      filters: pathFilters(input.ParameterFilters),
      after: positionOf<string>(call, scope, input.NextToken),
      most: most + 1,
    });
    const page = found.slice(0, most);
    return {
      Parameters: page.map((each) => parameterShape(call, each, each.version!)),
      ...(found.length > most ? { NextToken: nextToken(call, scope, page.at(-1)!.path) } : {}),
    };
  }
}
