// The copy of Node's streams that winston brings for browsers and old Nodes: Node's own serve.
module.exports = require('node:stream');
