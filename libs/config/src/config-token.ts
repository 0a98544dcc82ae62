/** Under this token a service's own configuration is injected. */
export const CONFIG = Symbol('muster:config');
