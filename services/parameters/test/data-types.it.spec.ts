import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

const IMAGE = 'ami-0123456789abcdef0';
const anImage = <P extends object>(more: P) => aParameter({ DataType: 'aws:ec2:image', Value: IMAGE, ...more });

/** Says of images what the test wants to be said. */
class ImageHook {
  readonly asked: unknown[] = [];
  answer: () => number | Promise<number> = () => 200;
  private server: Server | undefined;

  async open(): Promise<string> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.asked.push(JSON.parse(Buffer.concat(chunks).toString()));
        void Promise.resolve(this.answer()).then((status) => response.writeHead(status).end());
      });
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/images`;
  }

  /** Keeps the next question waiting; later ones are answered with 200. */
  hold(): { asked: Promise<void>; release: () => void } {
    let release = (): void => undefined;
    const released = new Promise<number>((resolve) => (release = () => resolve(200)));
    const asked = new Promise<void>((resolve) => {
      this.answer = () => {
        this.answer = () => 200;
        resolve();
        return released;
      };
    });
    return { asked, release: () => release() };
  }

  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}

describe('data types', () => {
  describe('without anybody to ask about images', () => {
    const service = serviceUnderTest(ParametersModule);

    it('let a well-formed image be there', async () => {
      const { ssm, events } = service.newAccount();
      expect(await ssm('PutParameter', anImage({ Name: '/ami' }))).toEqual({ Version: 1, Tier: 'Standard' });
      await events.next('parameters.changed', { data: { name: '/ami', operation: 'Create' } });
      expect(await ssm('GetParameter', { Name: '/ami' })).toMatchObject({
        Parameter: { Value: IMAGE, DataType: 'aws:ec2:image', Version: 1 },
      });
    });

    it('say of a malformed one after the answer that it is not there', async () => {
      const { ssm, events } = service.newAccount();
      expect(await ssm('PutParameter', anImage({ Name: 'golden-ami', Value: 'no-image' }))).toMatchObject({
        Version: 1,
      });
      const { data } = await events.next('parameters.changed');
      expect(data).toEqual({
        exception: 'Unable to Describe Resource',
        dataType: 'aws:ec2:image',
        name: 'golden-ami',
        type: 'String',
        operation: 'Create',
      });
      await expect(ssm('GetParameter', { Name: 'golden-ami' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    });

    it('check what an image becomes, and not what is text again', async () => {
      const { ssm, events } = service.newAccount();
      await ssm('PutParameter', anImage({ Name: '/ami' }));
      await events.next('parameters.changed', { data: { operation: 'Create' } });
      expect(await ssm('PutParameter', { Name: '/ami', Value: 'none', Overwrite: true })).toMatchObject({ Version: 2 });
      await events.next('parameters.changed', {
        data: { operation: 'Update', exception: 'Unable to Describe Resource' },
      });
      expect(await ssm('GetParameter', { Name: '/ami' })).toMatchObject({ Parameter: { Version: 1, Value: IMAGE } });
      await ssm('PutParameter', { Name: '/ami', Value: 'none', Overwrite: true, DataType: 'text' });
      expect(await ssm('GetParameter', { Name: '/ami' })).toMatchObject({
        Parameter: { Version: 2, DataType: 'text' },
      });
    });

    it('need the right to see images', async () => {
      const { ssm, events, user } = service.newAccount();
      const allow = (...Action: string[]) => ({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
      });
      await ssm('PutParameter', anImage({ Name: '/a' }), { caller: user('blind', allow('ssm:*')) });
      await events.next('parameters.changed', { data: { name: '/a', exception: 'Unable to Describe Resource' } });
      const seeing = user('seeing', allow('ssm:*', 'ec2:DescribeImages'));
      await ssm('PutParameter', anImage({ Name: '/b' }), { caller: seeing });
      const put = await events.next('parameters.changed', { data: { name: '/b' } });
      expect(put.data).not.toHaveProperty('exception');
      expect(await ssm('DescribeParameters', {})).toMatchObject({
        Parameters: [{ Name: '/b', LastModifiedUser: seeing.arn }],
      });
    });

    it('refuse at once what cannot be, whatever the image', async () => {
      const { ssm } = service.newAccount();
      await ssm('PutParameter', aParameter({ Name: '/there' }));
      for (const [input, code] of [
        [anImage({ Name: '/there' }), 'ParameterAlreadyExists'],
        [anImage({ Name: '/list', Type: 'StringList' }), 'ValidationException'],
        [anImage({ Name: '/x', AllowedPattern: 'x' }), 'ParameterPatternMismatchException'],
        [aParameter({ DataType: 'aws:ec2:instance' }), 'ValidationException'],
      ] as const) {
        await expect(ssm('PutParameter', input)).rejects.toMatchObject({ code, status: 400 });
      }
    });

    it('keep integrations secret, and in their place', async () => {
      const { ssm } = service.newAccount();
      const Name = '/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/chat';
      const webhook = { Name, Value: '{"url":"https://chat.example"}', DataType: 'aws:ssm:integration' };
      const refused = { code: 'ValidationException' };
      await expect(ssm('PutParameter', aParameter(webhook))).rejects.toMatchObject(refused);
      const elsewhere = { ...webhook, Name: '/chat', Type: 'SecureString' };
      await expect(ssm('PutParameter', elsewhere)).rejects.toMatchObject(refused);
      await ssm('PutParameter', { ...webhook, Type: 'SecureString' });
      expect(await ssm('GetParameter', { Name })).toMatchObject({
        Parameter: { DataType: 'aws:ssm:integration', Type: 'SecureString' },
      });
    });
  });

  describe('with somebody to ask about images', () => {
    const hook = new ImageHook();
    const service = serviceUnderTest(ParametersModule, async () => ({
      env: {
        MUSTER_PARAMETERS_IMAGE_CHECK_URL: await hook.open(),
        MUSTER_PARAMETERS_IMAGE_CHECK_DEADLINE_MS: '300',
      },
    }));
    afterAll(() => hook.close());
    beforeEach(() => {
      hook.asked.length = 0;
      hook.answer = () => 200;
    });

    it('show the parameter when the image was found, and not before', async () => {
      const { ssm, events, account, caller } = service.newAccount();
      const question = hook.hold();
      expect(await ssm('PutParameter', anImage({ Name: '/ami' }))).toMatchObject({ Version: 1 });
      await question.asked;
      await expect(ssm('GetParameter', { Name: '/ami' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
      question.release();
      await events.next('parameters.changed', { data: { name: '/ami', operation: 'Create' } });
      expect(await ssm('GetParameter', { Name: '/ami' })).toMatchObject({ Parameter: { Value: IMAGE } });
      expect(hook.asked[0]).toEqual({
        imageId: IMAGE,
        account,
        region: 'us-east-1',
        parameterName: '/ami',
        principal: caller.arn,
      });
    });

    it('announce that the image is not there', async () => {
      const { ssm, events } = service.newAccount();
      hook.answer = () => 404;
      await ssm('PutParameter', anImage({ Name: '/ami' }));
      await events.next('parameters.changed', { data: { name: '/ami', exception: 'Unable to Describe Resource' } });
      expect(await ssm('DescribeParameters', {})).toEqual({ Parameters: [] });
    });

    it('ask again when there was no answer, also after a restart, and keep the order', async () => {
      const { ssm, events } = service.newAccount();
      hook.answer = () => 503;
      await ssm('PutParameter', anImage({ Name: '/ami' }));
      await ssm('PutParameter', anImage({ Name: '/ami', Value: 'ami-12345678', Overwrite: true }));
      await service.restart();
      // One answer too late, then one in time.
      let late = true;
      hook.answer = () => {
        if (!late) return 200;
        late = false;
        return new Promise(() => undefined);
      };
      await events.next('parameters.changed', { data: { name: '/ami', operation: 'Create' } }, 20_000);
      await events.next('parameters.changed', { data: { name: '/ami', operation: 'Update' } }, 20_000);
      const { Parameters } = await ssm<{ Parameters: object[] }>('GetParameterHistory', { Name: '/ami' });
      expect(Parameters).toMatchObject([{ Value: IMAGE }, { Value: 'ami-12345678' }]);
      expect(events.pending()).toEqual([]);
    }, 60_000);

    it('say by the event what has come between the answer and the image', async () => {
      const { ssm, events } = service.newAccount();
      const question = hook.hold();
      await ssm('PutParameter', anImage({ Name: '/ami' }));
      await question.asked;
      await ssm('PutParameter', aParameter({ Name: '/ami', Value: 'first' }));
      question.release();
      const { data } = await events.next('parameters.changed', { data: { name: '/ami', operation: 'Update' } });
      expect(data).toMatchObject({ exception: expect.stringMatching(/^The parameter already exists/) });
      expect(await ssm('GetParameter', { Name: '/ami' })).toMatchObject({ Parameter: { Value: 'first', Version: 1 } });
    });
  });
});
