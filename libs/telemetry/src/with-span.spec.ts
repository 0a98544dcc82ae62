import { AsyncResource } from 'node:async_hooks';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { inService } from './service-name.js';
import { startTelemetry } from './start-telemetry.js';
import { contextFrom, injectTrace, runInContext, traceparent } from './trace-context.js';
import { SpanKind, withSpan } from './with-span.js';

const received = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a trace', () => {
  it('goes on from what was received, and into headers', async () => {
    const headers = new Map<string, string>();
    await withSpan('ssm.PutParameter', { kind: SpanKind.SERVER, parent: contextFrom(received) }, async () => {
      await Promise.resolve();
      injectTrace(headers);
    });
    expect(headers.get('traceparent')).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(traceparent()).toBeUndefined();
  });

  it('begins anew when nothing, or rubbish, was received', async () => {
    const ids = await Promise.all(
      [undefined, 'rubbish', '00-0-0-0'].map((each) =>
        withSpan('ssm.GetParameter', { parent: contextFrom(each) }, () => traceparent()),
      ),
    );
    for (const id of ids) expect(id).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    expect(new Set(ids).size).toBe(3);
  });

  it('is one for nested work, without an exporter too', async () => {
    const [outer, inner] = await withSpan('outer', {}, async () => [
      traceparent()?.slice(3, 35),
      await withSpan('inner', {}, () => traceparent()?.slice(3, 35)),
    ]);
    expect(outer).toMatch(/^[0-9a-f]{32}$/);
    expect(inner).toBe(outer);
  });

  it('does not leak the active span into another request', async () => {
    await withSpan('one', {}, () => {
      runInContext(contextFrom(undefined), () => expect(traceparent()).toBeUndefined());
    });
  });

  it('lets a failure through untouched', async () => {
    const failure = new Error('no');
    await expect(withSpan('x', {}, () => Promise.reject(failure))).rejects.toBe(failure);
  });

  it('is exported when the standard variable says where to', async () => {
    const bodies: string[] = [];
    const collector = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint;
    try {
      const telemetry = await startTelemetry({ service: 'parameters' });
      await withSpan('ssm.PutParameter', { attributes: { 'muster.parameter': '/a' } }, () => undefined);
      await telemetry.stop();
    } finally {
      delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
      await new Promise((resolve) => collector.close(resolve));
    }
    expect(bodies.join()).toContain('"ssm.PutParameter"');
    expect(bodies.join()).toContain('"parameters"');
  });

  it('keeps several services of one process apart, also in what they started earlier', async () => {
    const spans: { service: string; name: string }[] = [];
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Exported;
        for (const { resource, scopeSpans } of resourceSpans) {
          const service = resource.attributes.find(({ key }) => key === 'service.name')!.value.stringValue;
          for (const { name } of scopeSpans.flatMap((scope) => scope.spans)) spans.push({ service, name });
        }
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const handlers: (() => Promise<void>)[] = [];
    const starting = ['registry', 'commands'].map((service) =>
      inService(service, () => {
        handlers.push(AsyncResource.bind(() => withSpan(`of ${service}`, {}, () => undefined)));
        return startTelemetry({ service });
      }),
    );
    const telemetries = await Promise.all(starting);
    await Promise.all(handlers.map((handle) => handle()));
    await Promise.all(telemetries.map((telemetry) => telemetry.stop()));
    delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
    await new Promise((resolve) => collector.close(resolve));

    expect(spans).toHaveLength(2);
    expect(spans).toContainEqual({ service: 'registry', name: 'of registry' });
    expect(spans).toContainEqual({ service: 'commands', name: 'of commands' });
  });
});

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}
