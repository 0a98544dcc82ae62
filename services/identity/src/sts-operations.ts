import { AssumeRole } from './operations/sts/assume-role.js';
import { GetAccessKeyInfo } from './operations/sts/get-access-key-info.js';
import { GetCallerIdentity } from './operations/sts/get-caller-identity.js';
import { GetSessionToken } from './operations/sts/get-session-token.js';

/** What is spoken of the STS API. */
export const stsOperations = [AssumeRole, GetAccessKeyInfo, GetCallerIdentity, GetSessionToken];
