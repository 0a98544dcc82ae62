import { GetCallerIdentity } from './operations/sts/get-caller-identity.js';

/** What is spoken of the STS API. */
export const stsOperations = [GetCallerIdentity];
