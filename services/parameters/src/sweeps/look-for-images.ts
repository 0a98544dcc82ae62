import { ApiError } from '@muster/aws-protocol';
import { type Sweeping, Sweeps } from '@muster/bus';
import { Clock, type Tx, UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { AllowedPatterns } from '../allowed-patterns.js';
import { IMAGE } from '../domain/data-type.js';
import { parameterArn } from '../domain/parameter-name.js';
import { parameterChanged } from '../events.js';
import { ImageCheck } from '../image-check.js';
import { ParameterPuts } from '../parameter-puts.js';
import { ParameterChanges } from '../store/parameter-changes.js';
import { Parameters } from '../store/parameters.js';
import { type PendingImage, PendingImages } from '../store/pending-images.js';

const MOST_AT_ONCE = 20;
/** About a quarter of an hour in all. */
const TRIES = 10;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** As EventBridge says it of an image that is not there, or that the author may not see. */
const NOT_THERE = 'Unable to Describe Resource';

/**
 * Puts versions with images when it is known that the images are there, after PutParameter was answered. What fails is
 * announced with the reason.
 */
@Sweeps({ everyMs: 1_000, lock: 'parameters.images' })
@Injectable()
export class LookForImages implements Sweeping {
  constructor(
    private readonly pending: PendingImages,
    private readonly check: ImageCheck,
    private readonly patterns: AllowedPatterns,
    private readonly parameters: Parameters,
    private readonly puts: ParameterPuts,
    private readonly changes: ParameterChanges,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async sweep(): Promise<number> {
    const due = await this.pending.due(this.clock.now(), MOST_AT_ONCE);
    const outcomes = await Promise.allSettled(due.map((each) => this.lookFor(each)));
    const failed = outcomes.find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
    return due.length;
  }

  private async lookFor(image: PendingImage): Promise<void> {
    const verdict = await this.check.ask(image);
    if (verdict === 'there') return this.putOrSay(image);
    if (verdict === 'not known' && image.tries + 1 < TRIES) {
      const pauseMs = Math.min(1000 * 2 ** image.tries, LONGEST_PAUSE_MS);
      return this.pending.postpone(image.id, new Date(this.clock.now().getTime() + pauseMs));
    }
    await this.fail(image, NOT_THERE);
  }

  /** Since PutParameter was answered, the parameter may have changed: then it is answered by the event. */
  private async putOrSay(image: PendingImage): Promise<void> {
    try {
      await this.put(image);
    } catch (error) {
      // It waits still, and is due: again at once.
      if (error instanceof PatternChanged) return;
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      await this.fail(image, error.message);
    }
  }

  private async put(image: PendingImage): Promise<void> {
    const { account, region, name, path, input } = image;
    const { current } = await this.parameters.current({ account, region }, path);
    const pattern = (input.AllowedPattern ?? current?.allowedPattern) || null;
    if (pattern !== null) await this.patterns.check(account, pattern, input.Value);
    await this.work.run(async (tx) => {
      if (!(await this.pending.settle(tx, image.id))) return;
      await this.puts.put(tx, {
        scope: { account, region },
        name,
        path,
        input,
        author: { arn: image.author, at: this.clock.now() },
        // The tier was decided when it was asked for.
        tiers: { byDefault: 'Standard', standardIsFull: false },
        finish: (content) => {
          if (content.allowedPattern !== pattern) throw new PatternChanged();
          return content;
        },
      });
    });
  }

  private async fail(image: PendingImage, exception: string): Promise<void> {
    await this.work.run(async (tx: Tx) => {
      if (!(await this.pending.settle(tx, image.id))) return;
      const there = await this.changes.lock(tx, image, image.path);
      const data = {
        name: there?.name ?? image.name,
        type: 'String',
        operation: there ? 'Update' : 'Create',
        exception,
        dataType: IMAGE,
      } as const;
      tx.announce(parameterChanged(image, parameterArn(image, image.path), data));
    });
  }
}

/** The id was tried against another pattern than the one that holds now. */
class PatternChanged extends Error {}
