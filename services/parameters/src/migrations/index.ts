import { CreateParameter1764000100000 } from './1764000100000-create-parameter.js';
import { KeepSecureStrings1764110000000 } from './1764110000000-keep-secure-strings.js';
import { ShareParameters1764110100000 } from './1764110100000-share-parameters.js';
import { CreateServiceSetting1764110200000 } from './1764110200000-create-service-setting.js';
import { CreatePublicCatalogue1764110300000 } from './1764110300000-create-public-catalogue.js';
import { CreateParameterLabel1764111000000 } from './1764111000000-create-parameter-label.js';
import { CreateParameterPolicy1764112000000 } from './1764112000000-create-parameter-policy.js';
import { CreateWatch1764112500000 } from './1764112500000-create-watch.js';
import { CreatePendingImage1764113000000 } from './1764113000000-create-pending-image.js';

export const migrations = [
  CreateParameter1764000100000,
  KeepSecureStrings1764110000000,
  ShareParameters1764110100000,
  CreateServiceSetting1764110200000,
  CreatePublicCatalogue1764110300000,
  CreateParameterLabel1764111000000,
  CreateParameterPolicy1764112000000,
  CreateWatch1764112500000,
  CreatePendingImage1764113000000,
];
