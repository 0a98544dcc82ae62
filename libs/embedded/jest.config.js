import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'embedded', rootDir: import.meta.dirname };
