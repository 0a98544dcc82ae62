import type { UpdateServiceSettingRequest, UpdateServiceSettingResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock, UnitOfWork } from '@muster/persistence';

import { DEFAULT_NODE_ROLE, type NamedSetting, checkSettingValue, settingNamed } from '../domain/service-settings.js';
import { serviceSettingChanged } from '../events.js';
import { ServiceSettings } from '../store/service-settings.js';

interface Loaded extends Acted {
  readonly setting: NamedSetting;
}

@Operation('ssm', 'UpdateServiceSetting')
export class UpdateServiceSetting implements Handles<UpdateServiceSettingRequest, Loaded, UpdateServiceSettingResult> {
  constructor(
    private readonly settings: ServiceSettings,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  load(input: Valid<UpdateServiceSettingRequest>, call: Call): Loaded {
    const setting = settingNamed(input.SettingId, call);
    const role = `arn:aws:iam::${call.account}:role/${input.SettingValue}`;
    const passed = setting.id === DEFAULT_NODE_ROLE ? [{ arn: role, action: 'iam:PassRole' }] : [];
    return { on: [{ arn: setting.arn }, ...passed], setting };
  }

  async handle(input: Valid<UpdateServiceSettingRequest>, { setting }: Loaded, call: Call) {
    checkSettingValue(setting, input.SettingValue);
    const stored = { value: input.SettingValue, modifiedAt: this.clock.now(), modifiedBy: call.caller.arn };
    return this.work.commit(call, async (tx) => {
      await this.settings.set(tx, call, setting.id, stored);
      const data = { settingId: setting.id, value: stored.value, status: 'Customized' as const };
      tx.announce(serviceSettingChanged(call, setting.arn, data));
      return {};
    });
  }
}
