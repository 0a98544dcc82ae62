export { ApiError, type ApiErrorOptions } from './api-error.js';
export type { ApiModel, ApiOperation, Shape, ShapeRef, Shapes } from './api-model.js';
export { fromBase64, fromBase64Url, toBase64, toBase64Url } from './base64.js';
export { type ClientCodec, clientCodec } from './client-codec.js';
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
export { decodePageToken, encodePageToken, type PageScope } from './page-tokens.js';
export type { SignableRequest } from './sigv4/canonical-request.js';
export { checkClaim, type ExpectedScope } from './sigv4/check-claim.js';
export { parseAuthorization, type SignatureClaim } from './sigv4/claim.js';
export type { Hash } from './sigv4/hash.js';
export { headersFromObject, headersFromRaw, type HeaderValues } from './sigv4/header-values.js';
export { type Credentials, presignRequest, signRequest, type SigningTarget } from './sigv4/sign-request.js';
export { deriveSigningKey, type SigningScope } from './sigv4/signature.js';
export { verifySignature } from './sigv4/verify-signature.js';
export { compilePattern } from './validation/pattern.js';
