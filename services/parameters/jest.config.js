import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'parameters', rootDir: import.meta.dirname };
