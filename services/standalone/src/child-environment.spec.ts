import { childEnvironment } from './child-environment.js';

describe('the environment of children', () => {
  it('has settings and language, and none of the secrets of whoever started Muster', () => {
    expect(
      childEnvironment({
        PATH: '/bin',
        LC_ALL: 'C',
        MUSTER_LOG_LEVEL: 'debug',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
        AWS_SECRET_ACCESS_KEY: 's',
        GITHUB_TOKEN: 't',
        npm_config_registry: 'r',
        HOME: undefined,
      }),
    ).toEqual({
      PATH: '/bin',
      LC_ALL: 'C',
      MUSTER_LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
    });
  });
});
