import type { ServiceId } from './models.js';
import { serviceIds, serviceModel } from './service-model.js';

/** How a gateway finds the service that a request is for. */
export interface Routes {
  /** awsJson: what stands before the last dot of X-Amz-Target → service. */
  readonly byTargetPrefix: ReadonlyMap<string, ServiceId>;
  /** query: `signing name/Version` → service. */
  readonly byVersion: ReadonlyMap<string, ServiceId>;
}

/** The routes of all models. */
export function routes(): Routes {
  const byTargetPrefix = new Map<string, ServiceId>();
  const byVersion = new Map<string, ServiceId>();
  for (const id of serviceIds()) {
    const { protocol, targetPrefix, signingName, apiVersion } = serviceModel(id);
    if (protocol === 'json' && targetPrefix) byTargetPrefix.set(targetPrefix, id);
    if (protocol === 'query') byVersion.set(`${signingName}/${apiVersion}`, id);
  }
  return { byTargetPrefix, byVersion };
}
