import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

import { headersFromRaw } from '@muster/aws-protocol';
import { CONFIG } from '@muster/config';
import { Ids } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';

import { ApiDoor } from '../api-door.js';
import type { GatewayConfig } from '../config.js';
import type { HttpAnswer, HttpCall } from '../http-call.js';
import { Readiness } from '../readiness.js';
import { asApiError, failure } from '../steps/answer.js';
import { StreamDoor } from '../streams/stream-door.js';
import { asRefusal } from './refusal.js';
import { answerOnSocket } from './socket-answer.js';
import { SocketReader } from './socket-reader.js';

/** HTTP, and nothing but HTTP: takes requests in whole, within limits, and gives answers back. */
@Injectable()
export class Listener implements OnApplicationBootstrap, OnModuleDestroy {
  private server: FastifyInstance | undefined;
  private closing = false;

  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    private readonly door: ApiDoor,
    private readonly readiness: Readiness,
    private readonly streams: StreamDoor,
    private readonly ids: Ids,
  ) {}

  /** Where it listens: `http://127.0.0.1:4566`. */
  get url(): string {
    const { address, port, family } = this.server?.server.address() as AddressInfo;
    const host = family === 'IPv6' ? `[${address}]` : address;
    return `${this.config.tlsCertificateFile ? 'https' : 'http'}://${host}:${port}`;
  }

  async onApplicationBootstrap(): Promise<void> {
    const server = this.make();
    this.server = server;
    await server.listen({ host: this.config.host, port: this.config.port });
    log('gateway').info({ url: this.url }, 'listening');
  }

  /** Takes no new connection, answers what was taken, ends streams, then closes. */
  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    this.readiness.drain();
    this.streams.endAll();
    await this.server?.close();
  }

  private make(): FastifyInstance {
    const { config } = this;
    const server = fastify({
      ...transportOptions(config),
      bodyLimit: config.bodyLimitBytes,
      requestTimeout: config.bodyTimeoutMs,
      keepAliveTimeout: 75_000, // longer than load balancers keep theirs, so that they never meet a closed one
      forceCloseConnections: 'idle',
      return503OnClosing: false, // what comes over an open connection while we drain is still answered
      clientErrorHandler: (error, socket) => answerOnSocket(error, socket, this.ids.uuid()),
      genReqId: () => this.ids.uuid(),
      exposeHeadRoutes: false,
      frameworkErrors: (error, request, reply) => {
        reply.header('x-amzn-RequestId', request.id);
        void send(reply, failure(callOf(request), asApiError(asRefusal(error, config.bodyLimitBytes))), true);
      },
    }) as unknown as FastifyInstance;
    server.server.maxConnections = config.maxConnections;
    server.server.maxHeadersCount = 100;

    server.addHook('onRequest', (request, reply, done) => {
      reply.header('x-amzn-RequestId', request.id);
      done();
    });
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    server.get('/healthz', (_request, reply) => reply.type('application/json').send('{"status":"alive"}'));
    server.get('/readyz', (_request, reply) => this.answerReadiness(reply));
    server.all('/*', async (request, reply) => send(reply, await this.door.answer(callOf(request)), this.closing));
    server.setErrorHandler((error, request, reply) => {
      void send(reply, failure(callOf(request), asApiError(asRefusal(error, config.bodyLimitBytes))), true);
    });
    return server;
  }

  private async answerReadiness(reply: FastifyReply): Promise<FastifyReply> {
    const missing = await this.readiness.missing();
    return reply
      .code(missing ? 503 : 200)
      .type('application/json')
      .send(JSON.stringify(missing ? { status: 'not ready', reason: missing } : { status: 'ready' }));
  }
}

function transportOptions(config: GatewayConfig) {
  const { tlsCertificateFile, tlsKeyFile } = config;
  const headersTimeout = Math.min(config.headersTimeoutMs, config.bodyTimeoutMs);
  const options = {
    maxHeaderSize: config.headerLimitBytes,
    headersTimeout,
    connectionsCheckingInterval: Math.min(1_000, headersTimeout),
  };
  if (!tlsCertificateFile && !tlsKeyFile) return { http: options };
  if (!tlsCertificateFile || !tlsKeyFile) {
    throw new Error(
      'MUSTER_GATEWAY_TLS_CERTIFICATE_FILE and MUSTER_GATEWAY_TLS_KEY_FILE belong together: set both or none',
    );
  }
  return { https: { ...options, cert: readFileSync(tlsCertificateFile), key: readFileSync(tlsKeyFile) } };
}

function callOf(request: FastifyRequest): HttpCall {
  const [path = '/', ...query] = (request.raw.url ?? '/').split('?');
  return {
    requestId: request.id,
    method: request.method,
    path,
    query: query.join('?'),
    headers: headersFromRaw(request.raw.rawHeaders),
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    sourceIp: request.ip,
    secure: 'encrypted' in request.raw.socket,
  };
}

function send(reply: FastifyReply, answer: HttpAnswer, last: boolean): FastifyReply {
  if (answer.goesOn) return sendStream(reply, answer, answer.goesOn);
  reply.code(answer.status).type(answer.contentType);
  if (answer.retryAfterSeconds !== undefined) reply.header('retry-after', answer.retryAfterSeconds);
  if (last) reply.header('connection', 'close');
  return reply.send(answer.body);
}

/** Headers now, the rest as it comes. */
function sendStream(reply: FastifyReply, answer: HttpAnswer, goesOn: (reader: SocketReader) => void): FastifyReply {
  reply.hijack();
  reply.raw.writeHead(answer.status, {
    'content-type': answer.contentType,
    'cache-control': 'no-store',
    // Proxies that gather answers would hold events back.
    'x-accel-buffering': 'no',
    'x-amzn-requestid': reply.request.id,
    connection: 'close',
  });
  reply.raw.flushHeaders();
  goesOn(new SocketReader(reply.raw));
  return reply;
}
