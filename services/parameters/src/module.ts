import { Service } from '@muster/bus';
import { Module } from '@nestjs/common';

import { AllowedPatterns } from './allowed-patterns.js';
import { parametersConfig } from './config.js';
import { ImageCheck } from './image-check.js';
import { migrations } from './migrations/index.js';
import { DeleteParameter } from './operations/delete-parameter.js';
import { DeleteParameters } from './operations/delete-parameters.js';
import { DescribeParameters } from './operations/describe-parameters.js';
import { DiffParameterVersions } from './operations/diff-parameter-versions.js';
import { GetParameterHistory } from './operations/get-parameter-history.js';
import { GetParameter } from './operations/get-parameter.js';
import { GetParametersByPath } from './operations/get-parameters-by-path.js';
import { GetParameters } from './operations/get-parameters.js';
import { LabelParameterVersion } from './operations/label-parameter-version.js';
import { PutParameter } from './operations/put-parameter.js';
import { ResolveTemplate } from './operations/resolve-template.js';
import { ExportParameters } from './operations/export-parameters.js';
import { ImportParameters } from './operations/import-parameters.js';
import { MoveParameters } from './operations/move-parameters.js';
import { RollbackParameter } from './operations/rollback-parameter.js';
import { UnlabelParameterVersion } from './operations/unlabel-parameter-version.js';
import { ParameterCipher } from './parameter-cipher.js';
import { ParameterPuts } from './parameter-puts.js';
import { ChangeTags } from './rpc/change-tags.js';
import { TagsOf } from './rpc/tags-of.js';
import { EmptyAccount } from './rpc/empty-account.js';
import { AccountContents } from './store/account-contents.js';
import { ParameterChanges } from './store/parameter-changes.js';
import { ParameterCopies } from './store/parameter-copies.js';
import { ParameterMoves } from './store/parameter-moves.js';
import { ParameterLabels } from './store/parameter-labels.js';
import { ParameterPolicies } from './store/parameter-policies.js';
import { ParameterScan } from './store/parameter-scan.js';
import { Parameters } from './store/parameters.js';
import { PendingImages } from './store/pending-images.js';
import { WholeVersions } from './store/whole-versions.js';
import { ActOnPolicies } from './sweeps/act-on-policies.js';
import { GetServiceSetting } from './operations/get-service-setting.js';
import { UpdateServiceSetting } from './operations/update-service-setting.js';
import { ResetServiceSetting } from './operations/reset-service-setting.js';
import { ServiceSettings } from './store/service-settings.js';
import { watching } from './watching.js';
import { PublishParameter } from './operations/publish-parameter.js';
import { WithdrawParameter } from './operations/withdraw-parameter.js';
import { PublicParameters } from './store/public-parameters.js';
import { LoadCatalogues } from './sweeps/load-catalogues.js';
import { LookForImages } from './sweeps/look-for-images.js';
import { PutResourcePolicy } from './operations/put-resource-policy.js';
import { GetResourcePolicies } from './operations/get-resource-policies.js';
import { DeleteResourcePolicy } from './operations/delete-resource-policy.js';
import { SharedParameters } from './store/shared-parameters.js';

const operations = [
  PutParameter,
  GetParameter,
  GetParameters,
  GetParametersByPath,
  GetParameterHistory,
  DescribeParameters,
  DeleteParameter,
  DeleteParameters,
  LabelParameterVersion,
  UnlabelParameterVersion,
  PutResourcePolicy,
  GetResourcePolicies,
  DeleteResourcePolicy,
  GetServiceSetting,
  UpdateServiceSetting,
  ResetServiceSetting,
];
/** What AWS has no operation for. */
const beyondAws = [
  PublishParameter,
  WithdrawParameter,
  DiffParameterVersions,
  RollbackParameter,
  MoveParameters,
  ExportParameters,
  ImportParameters,
  ResolveTemplate,
];

const rpc = [TagsOf, ChangeTags, EmptyAccount];
const store = [
  SharedParameters,
  AccountContents,
  ParameterCopies,
  ParameterMoves,
  PublicParameters,
  ServiceSettings,
  Parameters,
  WholeVersions,
  ParameterChanges,
  ParameterLabels,
  ParameterPolicies,
  ParameterScan,
  PendingImages,
];
const sweeps = [LoadCatalogues, ActOnPolicies, LookForImages];
const parts = [ParameterCipher, ParameterPuts, AllowedPatterns, ImageCheck];

/** Parameter Store. */
@Service({ name: 'parameters', schema: 'parameters', migrations, config: parametersConfig })
@Module({ providers: [...operations, ...beyondAws, ...watching, ...rpc, ...store, ...sweeps, ...parts] })
export class ParametersModule {}
