import type { SendCommandRequest, SendCommandResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import type { TargetNode } from '@muster/contracts';
import { builtInDocument, type BuiltInDocument, checkParameters, executionTimeoutOf } from '@muster/documents';
import { formatArn } from '@muster/iam';
import { Database, Ids, UnitOfWork } from '@muster/persistence';
import { traceparent } from '@muster/telemetry';

import { stepNames } from '../domain/plugin-name.js';
import { concurrencyLimit, errorLimit } from '../domain/rate-control.js';
import type { TargetSelection } from '../domain/target-selection.js';
import { Gate } from '../gate/gate.js';
import { type Draft, Drafts, type DraftTarget } from '../store/drafts.js';
import { announceCommand } from '../store/ledgers.js';
import { readTargets, refuseUnsupported } from './send-command-input.js';
import { shownCommand } from './shown-command.js';
import { Targets } from './targets.js';

interface Loaded {
  readonly on: readonly { readonly arn: string }[];
  readonly document: BuiltInDocument;
  readonly selection: TargetSelection;
}

/** AWS's defaults. */
const DELIVERY_SECONDS = 3_600;
const MAX_CONCURRENCY = '50';
const MAX_ERRORS = '0';

@Operation('ssm', 'SendCommand')
export class SendCommand implements Handles<SendCommandRequest, Loaded, SendCommandResult> {
  constructor(
    private readonly targets: Targets,
    private readonly drafts: Drafts,
    private readonly database: Database,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    private readonly gate: Gate,
  ) {}

  load(input: Valid<SendCommandRequest>, call: Call): Loaded {
    const document = builtInDocument(input.DocumentName);
    if (!document) throw new ApiError('InvalidDocument', `There is no document ${input.DocumentName}.`);
    // Documents that ship with the system have no account, as in AWS.
    const resource = `document/${document.name}`;
    const arn = formatArn({ service: 'ssm', region: call.region, account: '', resource });
    return { on: [{ arn }], document, selection: readTargets(input) };
  }

  async handle(input: Valid<SendCommandRequest>, { document, selection }: Loaded, call: Call) {
    refuseUnsupported(input, document);
    const draft = this.draftOf(input, document, call);
    try {
      return await this.send(draft, selection, call);
    } catch (error) {
      // What a crash leaves behind instead, a sweep removes.
      await this.drafts.remove(this.database, draft).catch(() => undefined);
      throw error;
    }
  }

  private async send(draft: Draft, selection: TargetSelection, call: Call): Promise<SendCommandResult> {
    // All pages but the last are written before the transaction: ten thousand nodes are never in memory together.
    let drafted = false;
    let last: readonly TargetNode[] = [];
    for await (const page of this.targets.pages(selection, call)) {
      await call.mayAct(
        page.map(({ arn, tags }) => ({ arn, tags })),
        { demand: true },
      );
      if (last.length > 0) {
        if (!drafted) await this.drafts.insert(this.database, draft);
        drafted = true;
        await this.drafts.insertTargets(this.database, draft, this.rowsOf(last));
      }
      last = page;
    }
    const rows = this.rowsOf(last);
    return this.work.commit<SendCommandResult>(call, async (tx) => {
      if (!drafted) await this.drafts.insert(tx, draft);
      await this.drafts.insertTargets(tx, draft, rows);
      const targetCount = await this.drafts.count(tx, draft);
      const command = await this.drafts.seal(tx, draft, {
        targetCount,
        concurrencyLimit: concurrencyLimit(draft.maxConcurrency, targetCount),
        errorLimit: errorLimit(draft.maxErrors, targetCount),
      });
      announceCommand(tx, command);
      tx.afterCommit(() => this.gate.wake([command.id]));
      return { Command: shownCommand(command) };
    });
  }

  private draftOf(input: Valid<SendCommandRequest>, document: BuiltInDocument, call: Call): Draft {
    const parameters = input.Parameters ?? {};
    const checked = checkParameters(document.document, parameters);
    if (!checked.ok) throw new ApiError('InvalidParameters', checked.problem);
    return {
      id: this.ids.uuid(),
      account: call.account,
      region: call.region,
      documentName: document.name,
      documentVersion: input.DocumentVersion ?? '$DEFAULT',
      document: document.content,
      steps: stepNames(document.name, document.document.steps),
      parameters,
      comment: input.Comment ?? '',
      instanceIds: input.InstanceIds ?? [],
      targets: input.Targets ?? [],
      timeoutSeconds: input.TimeoutSeconds ?? DELIVERY_SECONDS,
      executionSeconds: executionTimeoutOf(document.document, checked.values),
      maxConcurrency: input.MaxConcurrency ?? MAX_CONCURRENCY,
      maxErrors: input.MaxErrors ?? MAX_ERRORS,
      requestedBy: call.caller.arn,
      traceparent: traceparent() ?? null,
    };
  }

  private rowsOf(nodes: readonly TargetNode[]): DraftTarget[] {
    return nodes.map(({ nodeId, computerName }) => ({
      invocationId: this.ids.uuid(),
      nodeId,
      nodeName: computerName,
    }));
  }
}
