/** As in package.json; a spec compares them. A bundled agent has no package.json beside it. */
export const agentVersion = '0.1.0';
