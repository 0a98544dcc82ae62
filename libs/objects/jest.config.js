import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'objects', rootDir: import.meta.dirname };
