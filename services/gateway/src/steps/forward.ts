import { ApiError, type OperationModel } from '@muster/aws-protocol';
import { type ApiCall, ApiCalls, unavailable } from '@muster/bus';
import { CONFIG } from '@muster/config';
import type { Caller } from '@muster/iam';
import { Inject, Injectable } from '@nestjs/common';

import type { GatewayConfig } from '../config.js';
import { type HttpAnswer, type HttpCall, headerOf } from '../http-call.js';

/** Step 4: hands the raw bytes to whoever answers the operation. */
@Injectable()
export class Forward {
  constructor(
    private readonly calls: ApiCalls,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws ApiError ServiceUnavailable, UnknownOperationException */
  async ask(
    call: HttpCall,
    operation: OperationModel,
    body: Uint8Array,
    caller: Caller | undefined,
    stream?: ApiCall['stream'],
  ): Promise<HttpAnswer> {
    const outcome = await this.calls.ask({
      service: operation.service.id,
      operation: operation.name,
      ...(caller ? { caller } : {}),
      requestId: call.requestId,
      body,
      deadlineMs: this.config.callDeadlineMs,
      invocationId: invocationIdOf(call),
      ...(stream ? { stream } : {}),
    });
    switch (outcome.kind) {
      case 'answered':
        return outcome;
      case 'away':
        throw unavailable('The service is not available for the moment: try again.', outcome.cause);
      case 'unknown':
        throw new ApiError('UnknownOperationException', `The operation ${operation.name} is not available here yet.`);
    }
  }
}

/** The same on every try of one call; what no SDK would send is ignored. */
function invocationIdOf(call: HttpCall): string | undefined {
  const id = headerOf(call, 'amz-sdk-invocation-id');
  return id && /^[\w-]{8,128}$/.test(id) ? id : undefined;
}
