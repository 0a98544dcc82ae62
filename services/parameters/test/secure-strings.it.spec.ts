import { Database } from '@muster/persistence';
import { aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

interface Parameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
}

describe('a SecureString', () => {
  const service = serviceUnderTest(ParametersModule);
  const secret = (more: object = {}) =>
    aParameter({ Name: '/secret', Type: 'SecureString', Value: 'hunter2', ...more });

  const database = () => service.running().get(Database);

  function newAccount() {
    const made = service.newAccount();
    const read = async (Name: string, WithDecryption = true) =>
      (await made.ssm<{ Parameter: Parameter }>('GetParameter', { Name, WithDecryption })).Parameter;
    return { ...made, read };
  }

  /** All rows of the service's schema, as text. */
  async function everythingKept(): Promise<string> {
    const rows: string[] = [];
    for (const table of ['parameter', 'parameter_version', 'outbox', 'answered_call']) {
      const found = await database().query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${table} t`);
      rows.push(...found.map(({ row }) => row));
    }
    return rows.join('\n');
  }

  it('is read decrypted by who asks for it, and as cipher text else', async () => {
    const { ssm, read } = newAccount();
    await ssm('PutParameter', secret());
    expect(await read('/secret')).toMatchObject({ Type: 'SecureString', Value: 'hunter2', Version: 1 });
    const { Value } = await read('/secret', false);
    expect(Value).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(Buffer.from(Value, 'base64').toString()).not.toContain('hunter2');
    expect(await ssm('GetParameter', { Name: '/secret' })).toMatchObject({ Parameter: { Value } });
  });

  it('is sealed with no key of another account, of which nobody learns whether it is there', async () => {
    const [mine, theirs] = [newAccount(), service.newAccount()];
    service.identity!.keys.make(theirs, 'alias/there');
    const arn = `arn:aws:kms:us-east-1:${theirs.account}:`;
    for (const alias of ['alias/there', 'alias/not-there', 'alias/aws/ssm']) {
      await expect(mine.ssm('PutParameter', secret({ KeyId: `${arn}${alias}` }))).rejects.toMatchObject({
        code: 'AccessDeniedException',
        message: expect.stringContaining('because no resource-based policy allows the kms:Encrypt action'),
      });
    }
  });

  it('is decrypted in every reading operation, version by version', async () => {
    const { ssm } = newAccount();
    await ssm('PutParameter', secret({ Name: '/s/a', Value: 'one' }));
    await ssm('PutParameter', { Name: '/s/a', Value: 'two', Overwrite: true });
    await ssm('PutParameter', aParameter({ Name: '/s/b', Value: 'plain' }));

    const both = { Parameters: [{ Value: 'two' }, { Value: 'plain' }] };
    expect(await ssm('GetParameters', { Names: ['/s/a', '/s/b'], WithDecryption: true })).toMatchObject(both);
    expect(await ssm('GetParametersByPath', { Path: '/s', WithDecryption: true })).toMatchObject(both);
    expect(await ssm('GetParameterHistory', { Name: '/s/a', WithDecryption: true })).toMatchObject({
      Parameters: [
        { Value: 'one', KeyId: 'alias/aws/ssm', Type: 'SecureString' },
        { Value: 'two', KeyId: 'alias/aws/ssm', Type: 'SecureString' },
      ],
    });
    for (const [operation, input] of [
      ['GetParameters', { Names: ['/s/a'] }],
      ['GetParametersByPath', { Path: '/s' }],
      ['GetParameterHistory', { Name: '/s/a' }],
    ] as const) {
      const text = JSON.stringify(await ssm(operation, input));
      expect(text).toContain('SecureString');
      expect(text).not.toMatch(/"(one|two)"/);
    }
  });

  it('is nowhere in the database in the clear, in no event and no remembered answer', async () => {
    const { ssm, events } = newAccount();
    const value = 'correct-horse-battery-staple';
    await ssm('PutParameter', secret({ Value: value }), { invocationId: 'ab0c-1' });
    await ssm('PutParameter', aParameter({ Name: '/plain', Value: 'seen-in-the-clear' }));
    const kept = await everythingKept();
    expect(kept).toContain('seen-in-the-clear');
    expect(kept).not.toContain(value);
    expect(kept).not.toContain(Buffer.from(value).toString('base64').slice(4, -4));
    const event = await events.next('parameters.changed', { data: { name: '/secret' } });
    expect(event).toMatchObject({ data: { type: 'SecureString', operation: 'Create' } });
    expect(JSON.stringify(event)).not.toContain(value);
  });

  it('opens in its own place only: moved in the database to another parameter, it is refused', async () => {
    const { ssm, account, read } = newAccount();
    await ssm('PutParameter', secret({ Name: '/mine', Value: 'mine' }));
    await ssm('PutParameter', secret({ Name: '/theirs', Value: 'theirs' }));
    await database().query(
      `UPDATE parameter_version v SET value = other.value
       FROM parameter p, parameter q, parameter_version other
       WHERE p.account = $1 AND p.path = '/mine' AND v.parameter_id = p.id
         AND q.account = $1 AND q.path = '/theirs' AND other.parameter_id = q.id`,
      [account],
    );
    await expect(read('/mine')).rejects.toMatchObject({ code: 'InternalServerError' });
    expect(await read('/theirs')).toMatchObject({ Value: 'theirs' });
  });

  it('is measured in the clear: 4 KB are Standard, 8 KB Advanced', async () => {
    const { ssm, read } = newAccount();
    expect(await ssm('PutParameter', secret({ Value: 'x'.repeat(4096) }))).toEqual({ Version: 1, Tier: 'Standard' });
    const large = secret({ Name: '/large', Value: 'x'.repeat(8192), Tier: 'Advanced' });
    expect(await ssm('PutParameter', large)).toEqual({ Version: 1, Tier: 'Advanced' });
    expect((await read('/large')).Value).toHaveLength(8192);
    await expect(ssm('PutParameter', secret({ Name: '/n', Value: 'x'.repeat(4097) }))).rejects.toThrow(/Standard tier/);
  });

  it('stays one, and what is none does not become one', async () => {
    const { ssm } = newAccount();
    await ssm('PutParameter', secret());
    await ssm('PutParameter', aParameter({ Name: '/text' }));
    const change = (Name: string, Type: string) => ssm('PutParameter', { Name, Type, Value: 'v', Overwrite: true });
    for (const [name, type] of [
      ['/secret', 'String'],
      ['/secret', 'StringList'],
      ['/text', 'SecureString'],
    ] as const)
      await expect(change(name, type)).rejects.toMatchObject({ code: 'HierarchyTypeMismatchException' });
    await expect(change('/text', 'StringList')).resolves.toMatchObject({ Version: 2 });
  });

  describe('with a key of its own', () => {
    it('is sealed by it, named in whichever way; an update keeps the key', async () => {
      const { ssm, account, region, read } = newAccount();
      const { keyId, arn } = service.identity!.keys.make({ account, region }, 'alias/mine');
      const forms = ['alias/mine', keyId, arn, `arn:aws:kms:${region}:${account}:alias/mine`];
      for (const [place, KeyId] of forms.entries()) {
        await ssm('PutParameter', secret({ Name: `/k/${place}`, KeyId }));
        await ssm('PutParameter', { Name: `/k/${place}`, Value: 'new', Overwrite: true });
        expect(await read(`/k/${place}`)).toMatchObject({ Value: 'new' });
        expect(await ssm('GetParameterHistory', { Name: `/k/${place}` })).toMatchObject({
          Parameters: [{ KeyId }, { KeyId }],
        });
      }
      service.identity!.keys.change({ account, region }, keyId, { state: 'Disabled' });
      await expect(read('/k/0')).rejects.toMatchObject({ code: 'InvalidKeyId', message: `${arn} is disabled.` });
    });

    it('is still read after the key was rotated, and moves to the new material when it is put', async () => {
      const { ssm, account, region, read } = newAccount();
      const { keyId } = service.identity!.keys.make({ account, region });
      await ssm('PutParameter', secret({ KeyId: keyId, Value: 'before' }));
      service.identity!.keys.rotate({ account, region }, keyId);
      expect(await read('/secret')).toMatchObject({ Value: 'before' });
      await ssm('PutParameter', { Name: '/secret', Value: 'after', Overwrite: true });
      expect(await read('/secret')).toMatchObject({ Value: 'after' });
      expect(await read('/secret:1')).toMatchObject({ Value: 'before' });
    });

    it.each(['Disabled', 'PendingDeletion'])('%s is neither written nor decrypted, but named', async (state) => {
      const { ssm, account, region, read } = newAccount();
      const { keyId } = service.identity!.keys.make({ account, region });
      await ssm('PutParameter', secret({ KeyId: keyId }));
      service.identity!.keys.change({ account, region }, keyId, { state });
      const refused = { code: 'InvalidKeyId', status: 400 };
      await expect(read('/secret')).rejects.toMatchObject(refused);
      for (const [operation, input] of [
        ['PutParameter', { Name: '/secret', Value: 'x', Overwrite: true }],
        ['GetParameters', { Names: ['/secret'], WithDecryption: true }],
        ['GetParametersByPath', { Path: '/', WithDecryption: true }],
        ['GetParameterHistory', { Name: '/secret', WithDecryption: true }],
      ] as const)
        await expect(ssm(operation, input)).rejects.toMatchObject(refused);
      expect(await read('/secret', false)).toMatchObject({ Version: 1 });
      service.identity!.keys.change({ account, region }, keyId, { state: 'Enabled' });
      expect(await read('/secret')).toMatchObject({ Value: 'hunter2' });
    });

    it('that there is not is refused, and nothing is put', async () => {
      const { ssm, account } = newAccount();
      await expect(ssm('PutParameter', secret({ KeyId: 'alias/none' }))).rejects.toMatchObject({
        code: 'InvalidKeyId',
        message: `Alias arn:aws:kms:us-east-1:${account}:alias/none is not found.`,
      });
      const elsewhere = `arn:aws:kms:eu-west-1:${account}:key/11111111-2222-3333-4444-555555555555`;
      await expect(ssm('PutParameter', secret({ KeyId: elsewhere }))).rejects.toMatchObject({
        code: 'InvalidKeyId',
        message: 'Invalid arn eu-west-1',
      });
      await expect(ssm('GetParameter', { Name: '/secret' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    });

    it('that is gone leaves the secret unreadable, not the parameter', async () => {
      const { ssm, account, region, read } = newAccount();
      const { keyId, arn } = service.identity!.keys.make({ account, region });
      await ssm('PutParameter', secret({ KeyId: keyId }));
      service.identity!.keys.remove({ account, region }, keyId);
      await expect(read('/secret')).rejects.toMatchObject({
        code: 'InvalidKeyId',
        message: `Key '${arn}' does not exist`,
      });
      await ssm('DeleteParameter', { Name: '/secret' });
    });

    it('is refused for what is no secret', async () => {
      const { ssm } = newAccount();
      const input = aParameter({ Name: '/text', KeyId: 'alias/aws/ssm' });
      const refused = { code: 'ValidationException', message: expect.stringMatching(/SecureString type/) };
      await expect(ssm('PutParameter', input)).rejects.toMatchObject(refused);
      await ssm('PutParameter', aParameter({ Name: '/text' }));
      const update = { Name: '/text', Value: 'v', KeyId: 'alias/aws/ssm', Overwrite: true };
      await expect(ssm('PutParameter', update)).rejects.toMatchObject(refused);
    });
  });

  describe('is the business of who may use its key', () => {
    const allow = (Action: string | string[], more: object = {}) => ({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action, Resource: '*', ...more },
    });
    const denied = { code: 'AccessDeniedException' };

    it('to write: kms:Encrypt, and for an advanced one kms:GenerateDataKey', async () => {
      const { ssm, user, account, region } = newAccount();
      const { keyId, arn } = service.identity!.keys.make({ account, region });
      const [none, encrypts, generates] = [
        user('none', allow('ssm:*')),
        user('encrypts', allow('ssm:*'), allow('kms:Encrypt')),
        user('generates', allow('ssm:*'), allow('kms:GenerateDataKey')),
      ];
      const put = (caller: typeof none, Name: string, more: object = {}) =>
        ssm('PutParameter', secret({ Name, KeyId: keyId, ...more }), { caller });
      const advanced = { Tier: 'Advanced' };
      await expect(put(none, '/a')).rejects.toMatchObject({
        ...denied,
        message: expect.stringContaining(`perform: kms:Encrypt on resource: ${arn}`) as string,
      });
      await expect(put(generates, '/a')).rejects.toMatchObject(denied);
      await expect(put(encrypts, '/a', advanced)).rejects.toMatchObject(denied);
      await put(encrypts, '/a');
      await put(generates, '/b', advanced);
      // Also an update that names no key, and one whose size makes it advanced.
      const update = { Name: '/a', Value: 'x'.repeat(4097), Overwrite: true, Tier: 'Intelligent-Tiering' };
      await expect(ssm('PutParameter', update, { caller: encrypts })).rejects.toMatchObject(denied);
      await ssm('PutParameter', update, { caller: generates });
    });

    it('to decrypt: kms:Decrypt, in every operation; the cipher text needs no key', async () => {
      const { ssm, user, account, region } = newAccount();
      const { keyId } = service.identity!.keys.make({ account, region });
      await ssm('PutParameter', secret({ Name: '/s/a', KeyId: keyId }));
      await ssm('PutParameter', aParameter({ Name: '/s/b', Value: 'plain' }));
      const reads = [
        ['GetParameter', { Name: '/s/a' }],
        ['GetParameters', { Names: ['/s/a', '/s/b'] }],
        ['GetParametersByPath', { Path: '/s' }],
        ['GetParameterHistory', { Name: '/s/a' }],
      ] as const;
      const [weak, full] = [user('weak', allow('ssm:*')), user('full', allow(['ssm:*', 'kms:Decrypt']))];
      for (const [operation, input] of reads) {
        await expect(ssm(operation, { ...input, WithDecryption: true }, { caller: weak })).rejects.toMatchObject(
          denied,
        );
        expect(JSON.stringify(await ssm(operation, input, { caller: weak }))).not.toContain('hunter2');
        const text = JSON.stringify(await ssm(operation, { ...input, WithDecryption: true }, { caller: full }));
        expect(text).toContain('hunter2');
      }
      expect(await ssm('GetParameters', { Names: ['/s/b'], WithDecryption: true }, { caller: weak })).toMatchObject({
        Parameters: [{ Value: 'plain' }],
      });
    });

    it('which may be of one parameter alone, by the encryption context', async () => {
      const { ssm, user, account, region } = newAccount();
      const { keyId } = service.identity!.keys.make({ account, region });
      for (const Name of ['/c/mine', '/c/other']) await ssm('PutParameter', secret({ Name, KeyId: keyId }));
      const PARAMETER_ARN = `arn:aws:ssm:${region}:${account}:parameter/c/mine`;
      const Condition = { StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': PARAMETER_ARN } };
      const caller = user('one', allow('ssm:*'), allow('kms:Decrypt', { Condition }));
      const read = (Names: string[]) => ssm('GetParameters', { Names, WithDecryption: true }, { caller });
      expect(await read(['/c/mine'])).toMatchObject({ Parameters: [{ Value: 'hunter2' }] });
      await expect(read(['/c/mine', '/c/other'])).rejects.toMatchObject(denied);
      const below = { Path: '/c', WithDecryption: true };
      await expect(ssm('GetParametersByPath', below, { caller })).rejects.toMatchObject(denied);
    });

    it("is everybody's of the account with AWS's own key, through Parameter Store", async () => {
      const { ssm, user } = newAccount();
      const caller = user('plain', allow('ssm:*'));
      await ssm('PutParameter', secret(), { caller });
      const read = { Name: '/secret', WithDecryption: true };
      expect(await ssm('GetParameter', read, { caller })).toMatchObject({ Parameter: { Value: 'hunter2' } });
    });
  });

  it('is sealed rightly also when many put it at once, each with another key', async () => {
    const { ssm, account, region } = newAccount();
    const keys = Array.from({ length: 4 }, () => service.identity!.keys.make({ account, region }).keyId);
    await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        ssm('PutParameter', {
          Name: '/race',
          Type: 'SecureString',
          Value: `value ${n}`,
          Overwrite: true,
          // Some keep the key that is there, whichever that is by then.
          ...(n % 2 ? { KeyId: keys[n % 4] } : {}),
        }),
      ),
    );
    const { Parameters } = await ssm<{ Parameters: Parameter[] }>('GetParameterHistory', {
      Name: '/race',
      WithDecryption: true,
    });
    expect(Parameters.map(({ Value }) => Value).sort()).toEqual(
      Array.from({ length: 24 }, (_, n) => `value ${n}`).sort(),
    );
  });
});
