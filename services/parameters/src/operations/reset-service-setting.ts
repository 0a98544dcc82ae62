import type { ResetServiceSettingRequest, ResetServiceSettingResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { type NamedSetting, settingNamed, settingShape } from '../domain/service-settings.js';
import { serviceSettingChanged } from '../events.js';
import { ServiceSettings } from '../store/service-settings.js';

interface Loaded extends Acted {
  readonly setting: NamedSetting;
}

@Operation('ssm', 'ResetServiceSetting')
export class ResetServiceSetting implements Handles<ResetServiceSettingRequest, Loaded, ResetServiceSettingResult> {
  constructor(
    private readonly settings: ServiceSettings,
    private readonly work: UnitOfWork,
  ) {}

  load(input: Valid<ResetServiceSettingRequest>, call: Call): Loaded {
    const setting = settingNamed(input.SettingId, call);
    return { on: [{ arn: setting.arn }], setting };
  }

  async handle(_input: Valid<ResetServiceSettingRequest>, { setting }: Loaded, call: Call) {
    return this.work.commit(call, async (tx) => {
      const data = { settingId: setting.id, value: setting.byDefault, status: 'Default' as const };
      if (await this.settings.reset(tx, call, setting.id)) {
        tx.announce(serviceSettingChanged(call, setting.arn, data));
      }
      return { ServiceSetting: settingShape(setting, undefined) };
    });
  }
}
