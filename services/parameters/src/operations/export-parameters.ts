import type { ExportParametersRequest, ExportParametersResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { DOCUMENT_FORMAT, exported } from '../domain/parameter-document.js';
import { parameterArn } from '../domain/parameter-name.js';
import { levelOf } from '../domain/path-level.js';
import { ParameterCipher, type Values } from '../parameter-cipher.js';
import { ParameterCopies, type WholeParameter } from '../store/parameter-copies.js';

const PAGE = 50;

interface Page extends Acted {
  readonly path: string;
  readonly page: readonly WholeParameter[];
  readonly hasMore: boolean;
  readonly values: Values;
}

@Operation('muster', 'ExportParameters')
export class ExportParameters implements Handles<ExportParametersRequest, Page, ExportParametersResult> {
  constructor(
    private readonly copies: ParameterCopies,
    private readonly cipher: ParameterCipher,
  ) {}

  // A document that lacks what its reader may not see would be taken for the whole: each must be allowed.
  async load(input: Valid<ExportParametersRequest>, call: Call): Promise<Page> {
    const path = levelOf(input.Path);
    const most = input.MaxResults ?? PAGE;
    const after = positionOf<string>(call, path, input.NextToken) ?? '';
    const found = await this.copies.page(call, path, after, most + 1);
    const page = found.slice(0, most);
    const kept = page.map((each) => ({ owner: call, path: each.path, version: each }));
    const values = await this.cipher.values(call, input.WithDecryption ?? false, kept);
    const on = page.flatMap((each) => {
      const resource = { arn: parameterArn(call, each.path), tags: each.tags };
      const actions = ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:ListTagsForResource'];
      return [resource, ...actions.map((action) => ({ ...resource, action }))];
    });
    return {
      on: [{ arn: parameterArn(call, path) }, ...on, ...values.on],
      path,
      page,
      hasMore: found.length > most,
      values,
    };
  }

  handle(input: Valid<ExportParametersRequest>, loaded: Page, call: Call): Promise<ExportParametersResult> {
    const { path, page, hasMore, values } = loaded;
    const clear = (each: WholeParameter) => each.type !== 'SecureString' || input.WithDecryption;
    return Promise.resolve({
      Format: DOCUMENT_FORMAT,
      Path: path,
      Parameters: page.map((each) => exported(call, each, clear(each) ? values.of(each) : undefined)),
      ...(hasMore ? { NextToken: nextToken(call, path, page.at(-1)!.path) } : {}),
    });
  }
}
