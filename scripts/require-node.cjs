// CommonJS, so that an old Node can run it too and say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);
// 24 has AsyncDisposableStack; 24.2 has import.meta.main, without which a command does nothing and does not say so.
if (major < 24 || (major === 24 && minor < 2)) {
  const platform = `${process.platform}-${process.arch}`;
  const isInNpm = `node-${platform}` in require('../package.json').optionalDependencies;
  // Homebrew's node@24 would not be on the PATH.
  const elsewhere =
    process.platform === 'darwin' ? 'brew install node' : 'install Node 24, https://nodejs.org/en/download';
  console.error(
    `goal-activity needs Node 24.2 or newer, and found ${process.version}. On ${platform}: ` +
      (isInNpm ? `npm ci --include=optional, which brings package node-${platform}` : elsewhere),
  );
  process.exit(1);
}
