import { BusConnection, Service } from '@muster/bus';
import { natsObjectStore, ObjectStore } from '@muster/objects';
import { Module } from '@nestjs/common';

import { config } from './config.js';
import { KeepOutput } from './consumers/keep-output.js';
import { TakeStatus } from './consumers/take-status.js';
import { WakeNode } from './consumers/wake-node.js';
import { Answers } from './gate/answers.js';
import { Dispatcher } from './gate/dispatcher.js';
import { Gate } from './gate/gate.js';
import { NodeMessages } from './gate/node-messages.js';
import { Settling } from './gate/settling.js';
import { migrations } from './migrations/index.js';
import { CancelCommand } from './operations/cancel-command.js';
import { GetCommandInvocation } from './operations/get-command-invocation.js';
import { ListCommandInvocations } from './operations/list-command-invocations.js';
import { ListCommands } from './operations/list-commands.js';
import { SendCommand } from './operations/send-command.js';
import { Targets } from './operations/targets.js';
import { EmptyAccount } from './rpc/empty-account.js';
import { AccountContents } from './store/account-contents.js';
import { Cancellable } from './store/cancellable.js';
import { CommandList } from './store/command-list.js';
import { Drafts } from './store/drafts.js';
import { ForeignMessages } from './store/foreign-messages.js';
import { GateQueue } from './store/gate-queue.js';
import { InvocationList } from './store/invocation-list.js';
import { Ledgers } from './store/ledgers.js';
import { Observations } from './store/observations.js';
import { Outputs } from './store/outputs.js';
import { Overdue } from './store/overdue.js';
import { Steps } from './store/steps.js';
import { ComposeOutput } from './sweeps/compose-output.js';
import { Deadlines } from './sweeps/deadlines.js';
import { RemoveDrafts } from './sweeps/remove-drafts.js';
import { WakeGate } from './sweeps/wake-gate.js';
import { WholeOutput } from './whole-output.js';

const operations = [SendCommand, ListCommands, ListCommandInvocations, GetCommandInvocation, CancelCommand];
const consumers = [TakeStatus, KeepOutput, WakeNode];
const sweeps = [WakeGate, Deadlines, ComposeOutput, RemoveDrafts];
const gate = [Gate, Dispatcher, Answers, NodeMessages, Settling];
const store = [
  AccountContents,
  Cancellable,
  CommandList,
  Drafts,
  ForeignMessages,
  GateQueue,
  InvocationList,
  Ledgers,
  Observations,
  Outputs,
  Overdue,
  Steps,
];

/** Run Command: what is to run on which nodes, the gate to them, and the truth about each. */
@Service({ name: 'commands', schema: 'commands', migrations, config, fleet: true, databasePool: 8 })
@Module({
  providers: [
    ...operations,
    ...consumers,
    ...sweeps,
    ...gate,
    EmptyAccount,
    ...store,
    Targets,
    WholeOutput,
    {
      provide: ObjectStore,
      useFactory: (core: BusConnection) => natsObjectStore(core.nats),
      inject: [BusConnection],
    },
  ],
})
export class CommandsModule {}
