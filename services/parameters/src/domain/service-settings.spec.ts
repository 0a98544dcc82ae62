import { checkSettingValue, settingNamed, settingShape } from './service-settings.js';

const scope = { account: '111111111111', region: 'us-east-1' };
const id = '/ssm/parameter-store/default-parameter-tier';
const arn = `arn:aws:ssm:us-east-1:111111111111:servicesetting${id}`;

describe('a service setting', () => {
  it('is named by its id or ARN', () => {
    for (const name of [id, arn]) expect(settingNamed(name, scope)).toEqual({ id, arn, byDefault: 'Standard' });
  });

  it.each([
    '/ssm/none',
    'constructor',
    arn.replace('111111111111', '222222222222'),
    arn.replace('us-east-1', 'eu-west-1'),
    `${arn}/more`,
  ])('%s is none here', (name) => {
    expect(() => settingNamed(name, scope)).toThrow(expect.objectContaining({ code: 'ServiceSettingNotFound' }));
  });

  it('says whether it is the default, and who changed it', () => {
    const setting = settingNamed(id, scope);
    expect(settingShape(setting, undefined)).toMatchObject({ SettingValue: 'Standard', Status: 'Default' });
    const stored = { value: 'Advanced', modifiedAt: new Date(0), modifiedBy: 'me' };
    expect(settingShape(setting, stored)).toMatchObject({
      SettingValue: 'Advanced',
      Status: 'Customized',
      LastModifiedUser: 'me',
    });
  });

  it('takes only what it can be', () => {
    const setting = settingNamed(id, scope);
    expect(() => checkSettingValue(setting, 'Intelligent-Tiering')).not.toThrow();
    expect(() => checkSettingValue(setting, 'standard')).toThrow(/one of \[Standard, Advanced, Intelligent-Tiering\]/);
  });
});
