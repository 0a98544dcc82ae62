import { Service } from '@muster/bus';
import { Module } from '@nestjs/common';

import { AgentBus } from './agent-bus.js';
import { registryConfig } from './config.js';
import { HearHeartbeat } from './hears/hear-heartbeat.js';
import { HearHello } from './hears/hear-hello.js';
import { migrations } from './migrations/index.js';
import { AddTagsToResource } from './operations/add-tags-to-resource.js';
import { CreateActivation } from './operations/create-activation.js';
import { DeleteActivation } from './operations/delete-activation.js';
import { DeregisterManagedInstance } from './operations/deregister-managed-instance.js';
import { DescribeActivations } from './operations/describe-activations.js';
import { DescribeInstanceInformation } from './operations/describe-instance-information.js';
import { EnrolNode } from './operations/enrol-node.js';
import { ListTagsForResource } from './operations/list-tags-for-resource.js';
import { RemoveTagsFromResource } from './operations/remove-tags-from-resource.js';
import { UpdateManagedInstanceRole } from './operations/update-managed-instance-role.js';
import { Pulse } from './pulse.js';
import { EmptyAccount } from './rpc/empty-account.js';
import { ResolveTargets } from './rpc/resolve-targets.js';
import { RoutesOf } from './rpc/routes-of.js';
import { ActivationEntity } from './store/activation.entity.js';
import { AccountContents } from './store/account-contents.js';
import { Activations } from './store/activations.js';
import { NodeSearch } from './store/node-search.js';
import { Nodes } from './store/nodes.js';
import { Observation } from './store/observation.js';
import { Presences } from './store/presences.js';
import { LoseSilentNodes } from './sweeps/lose-silent-nodes.js';
import { TaggedNodes } from './tagged-nodes.js';
import { TaggedParameters } from './tagged-parameters.js';
import { TaggedResources } from './tagged-resources.js';

const operations = [
  CreateActivation,
  DescribeActivations,
  DeleteActivation,
  EnrolNode,
  DescribeInstanceInformation,
  DeregisterManagedInstance,
  UpdateManagedInstanceRole,
  AddTagsToResource,
  RemoveTagsFromResource,
  ListTagsForResource,
];
const rpc = [ResolveTargets, RoutesOf, EmptyAccount];
const hears = [HearHello, HearHeartbeat];
const sweeps = [LoseSilentNodes];
const tagged = [TaggedResources, TaggedNodes, TaggedParameters];
const store = [AccountContents, Activations, Nodes, NodeSearch, Observation, Presences];

/** Managed nodes: how they register, what they are, whether they live. */
@Service({
  name: 'registry',
  schema: 'registry',
  entities: [ActivationEntity],
  migrations,
  config: registryConfig,
})
@Module({ providers: [...operations, ...rpc, ...hears, ...sweeps, ...store, AgentBus, Pulse, ...tagged] })
export class RegistryModule {}
