import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'iam', rootDir: import.meta.dirname };
