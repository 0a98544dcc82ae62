export { ApiError, type ApiErrorOptions } from './api-error.js';
export type { ApiModel, ApiOperation, Shape, ShapeRef, Shapes } from './api-model.js';
export { fromBase64, fromBase64Url, toBase64, toBase64Url } from './base64.js';
export { encodeError, type WireError } from './encode-error.js';
export type { ApiErrorCode } from './generated/error-codes.js';
export type * from './generated/muster.js';
export type { ServiceId } from './models.js';
export { type Routes, routes } from './routes.js';
export {
  isServiceId,
  type OperationModel,
  serviceIds,
  type ServiceModel,
  serviceModel,
  type WireBody,
} from './service-model.js';
