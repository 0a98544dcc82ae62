/** Oldest Node.js that runs Muster: the first 20 that loads ES modules by `require`. */
const oldest = [20, 19];

/** Ends the process with one clear line when this Node.js is too old. Written in syntax that an old one can read. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  console.error(
    'Muster needs Node.js ' +
      oldest.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'Next step: install a newer one (https://nodejs.org/en/download, or `nvm install --lts`), then run this again.',
  );
  process.exit(1);
}
