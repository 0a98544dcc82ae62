import { CONFIG } from '@muster/config';
import { Inject, Injectable } from '@nestjs/common';

import type { ParametersConfig } from './config.js';
import { isImageId } from './domain/data-type.js';
import type { PendingImage } from './store/pending-images.js';

/** What became of a question whether an image is there. */
export type ImageVerdict = 'there' | 'not there' | 'not known';

/**
 * Whether an image is there for an account. Who runs Muster says where to ask: `POST` with a JSON body; 2xx means that it is
 * there, 4xx that it is not, anything else that it is not known now. Without, an id that is well formed is believed.
 */
@Injectable()
export class ImageCheck {
  constructor(@Inject(CONFIG) private readonly config: ParametersConfig) {}

  async ask({ account, region, name, author, maySee, input }: PendingImage): Promise<ImageVerdict> {
    if (!maySee || !isImageId(input.Value)) return 'not there';
    if (this.config.imageCheckUrl === undefined) return 'there';
    try {
      const answer = await fetch(this.config.imageCheckUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ imageId: input.Value, account, region, parameterName: name, principal: author }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.config.imageCheckDeadlineMs),
      });
      await answer.body?.cancel();
      // Too many questions and too late ones say nothing about the image.
      if (answer.status === 408 || answer.status === 429) return 'not known';
      if (answer.ok) return 'there';
      return answer.status >= 400 && answer.status < 500 ? 'not there' : 'not known';
    } catch {
      return 'not known';
    }
  }
}
