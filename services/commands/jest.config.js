import preset from '../../jest.preset.js';

export default { ...preset, displayName: 'commands', rootDir: import.meta.dirname };
