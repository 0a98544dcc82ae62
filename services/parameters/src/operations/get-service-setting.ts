import type { GetServiceSettingRequest, GetServiceSettingResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { type NamedSetting, settingNamed, settingShape } from '../domain/service-settings.js';
import { ServiceSettings } from '../store/service-settings.js';

interface Loaded extends Acted {
  readonly setting: NamedSetting;
}

@Operation('ssm', 'GetServiceSetting')
export class GetServiceSetting implements Handles<GetServiceSettingRequest, Loaded, GetServiceSettingResult> {
  constructor(private readonly settings: ServiceSettings) {}

  load(input: Valid<GetServiceSettingRequest>, call: Call): Loaded {
    const setting = settingNamed(input.SettingId, call);
    return { on: [{ arn: setting.arn }], setting };
  }

  async handle(_input: Valid<GetServiceSettingRequest>, { setting }: Loaded, call: Call) {
    return { ServiceSetting: settingShape(setting, await this.settings.find(call, setting.id)) };
  }
}
