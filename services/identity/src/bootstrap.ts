import { readFile } from 'node:fs/promises';

import { CONFIG } from '@muster/config';
import { administratorPolicy } from '@muster/iam';
import { CannotOpen } from '@muster/keys';
import { Clock, Ids, UnitOfWork } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

import type { IdentityConfig } from './config.js';
import { type BootstrapDocument, parseBootstrapDocument } from './domain/bootstrap-document.js';
import { newUserId } from './domain/new-access-key.js';
import { userArn } from './domain/user-arn.js';
import { AccessKeys } from './store/access-keys.js';
import { Policies } from './store/policies.js';
import { Revisions } from './store/revisions.js';
import { Users } from './store/users.js';

/**
 * Makes the first account, its administrator and their key, once. When the account is there already nothing happens: a
 * key that was deleted since must not come back because a file still names it.
 */
@Injectable()
export class Bootstrap implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    private readonly work: UnitOfWork,
    private readonly users: Users,
    private readonly accessKeys: AccessKeys,
    private readonly policies: Policies,
    private readonly revisions: Revisions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config.bootstrapFile === undefined) return;
    const document = parseBootstrapDocument(await readFile(this.config.bootstrapFile, 'utf8'));
    if (await this.create(document)) {
      log('bootstrap').info({ account: document.account, userName: document.userName }, 'The first account was made.');
    } else {
      await this.compare(document);
    }
  }

  /** The account is older than this start: does what lies beside the database still belong to it? */
  private async compare(document: BootstrapDocument): Promise<void> {
    try {
      const { owner } = await this.accessKeys.activeOwner(document.accessKeyId);
      if (owner?.secret === document.secretAccessKey) return;
      const { accessKeyId } = document;
      log('bootstrap').warn({ accessKeyId }, 'The access key of the bootstrap file is not valid (any more).');
    } catch (cause) {
      if (!(cause instanceof CannotOpen)) throw cause;
      throw new Error(
        `The secrets in identity's database were not encrypted with the key in ${this.config.rootKeyFile}. ` +
          'Bring back the key file that belongs to this database.',
        { cause },
      );
    }
  }

  /** @returns false when the account existed */
  async create(first: BootstrapDocument): Promise<boolean> {
    return this.work.run(async (tx) => {
      const createdAt = this.clock.now();
      // A second replica waits here for the first one's commit, and then has nothing to do.
      const added = await tx.query('INSERT INTO account (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id', [
        first.account,
      ]);
      if (added.length === 0) return false;

      const id = this.ids.uuid();
      await this.users.add(tx, {
        id,
        account: first.account,
        kind: 'User',
        name: first.userName,
        path: '/',
        userId: newUserId((bytes) => this.ids.random(bytes)),
        arn: userArn(first.account, '/', first.userName),
        tags: {},
        createdAt,
      });
      await this.accessKeys.add(tx, { id }, first, createdAt);
      const policy = await this.policies.ensureManaged(tx, this.ids.uuid(), 'AdministratorAccess', administratorPolicy);
      await this.policies.attach(tx, id, policy);
      await this.revisions.advance(tx);
      return true;
    });
  }
}
