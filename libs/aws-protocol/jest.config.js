import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'aws-protocol', rootDir: import.meta.dirname };
