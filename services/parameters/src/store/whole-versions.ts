import { Injectable } from '@nestjs/common';

import type { Reference } from '../domain/reference.js';
import { type FoundParameter, type HistoricVersion, Parameters } from './parameters.js';

/** A parameter, and one of its versions with all that is remembered about it. */
export interface WholeVersion {
  readonly found: FoundParameter | undefined;
  /** Absent when the parameter is there and the version is not. */
  readonly version: HistoricVersion | undefined;
}

/** Versions with all that is remembered about them, by number or label. */
@Injectable()
export class WholeVersions {
  constructor(private readonly parameters: Parameters) {}

  async of(reference: Reference): Promise<WholeVersion> {
    const [found] = await this.parameters.find([reference]);
    if (!found?.version) return { found, version: undefined };
    const { number } = found.version;
    const [version] = await this.parameters.history(found.owner, found.path, number - 1, 1);
    // Gone meanwhile, or of another parameter of the same name.
    return { found, version: version?.number === number ? version : undefined };
  }
}
