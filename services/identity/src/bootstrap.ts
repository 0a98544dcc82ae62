import { readFile } from 'node:fs/promises';

import { CONFIG } from '@muster/config';
import { CannotOpen } from '@muster/keys';
import { Clock, UnitOfWork } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import type { IdentityConfig } from './config.js';
import { awsManagedPolicies } from './domain/aws-managed-policies.js';
import { type BootstrapDocument, parseBootstrapDocument } from './domain/bootstrap-document.js';
import { Accounts } from './store/accounts.js';
import { ManagedPolicies } from './store/managed-policies.js';
import { Revisions } from './store/revisions.js';
import { Sandboxes } from './store/sandboxes.js';
import { Signers } from './store/signers.js';

/**
 * Makes what must be there from the beginning: the managed policies that every account has and, once, the first account
 * with its administrator and their key. When the account is there already nothing happens: a key that was deleted since
 * must not come back because a file still names it.
 */
@Injectable()
export class Bootstrap implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    private readonly work: UnitOfWork,
    private readonly accounts: Accounts,
    private readonly policies: ManagedPolicies,
    private readonly signers: Signers,
    private readonly sandboxes: Sandboxes,
    private readonly revisions: Revisions,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.shipPolicies();
    if (this.config.bootstrapFile === undefined) return;
    const document = parseBootstrapDocument(await readFile(this.config.bootstrapFile, 'utf8'));
    if (await this.create(document)) {
      log('bootstrap').info({ account: document.account, userName: document.userName }, 'The first account was made.');
    } else {
      if (document.sandbox) await this.restore(document);
      await this.compare(document);
    }
  }

  private async shipPolicies(): Promise<void> {
    await this.work.run(async (tx) => {
      if (await this.policies.ship(tx, awsManagedPolicies)) await this.revisions.advance(tx);
    });
  }

  private async restore(document: BootstrapDocument): Promise<void> {
    await this.work.run(async (tx) => {
      await this.sandboxes.restore(tx, document);
      await this.revisions.advance(tx);
    });
  }

  /** The account is older than this start: does what lies beside the database still belong to it? */
  private async compare(document: BootstrapDocument): Promise<void> {
    try {
      const { signer } = await this.signers.of(document.accessKeyId);
      if (signer?.secret === document.secretAccessKey) return;
      const { accessKeyId } = document;
      log('bootstrap').warn({ accessKeyId }, 'The access key of the bootstrap file is not valid (any more).');
    } catch (cause) {
      if (!(cause instanceof CannotOpen)) throw cause;
      throw new Error(
        `The secrets in identity's database were not encrypted with the root key in ${this.config.rootKeyFile ?? 'MUSTER_IDENTITY_ROOT_KEY'}. ` +
          'Bring back the key file that belongs to this database.',
        { cause },
      );
    }
  }

  /** @returns false when the account existed */
  async create(first: BootstrapDocument): Promise<boolean> {
    return this.work.run(async (tx) => {
      const account = {
        id: first.account,
        name: 'management',
        management: true,
        sandbox: first.sandbox,
        createdAt: this.clock.now(),
      };
      if (!(await this.accounts.add(tx, account, first.userName, first))) return false;
      await this.revisions.advance(tx);
      return true;
    });
  }
}
