'use strict';
// Loaded into a test server before its own code, so that it listens on the loopback address only, whatever it wants.
const net = require('node:net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (options, ...rest) {
  return listen.call(this, { ...options, host: '127.0.0.1' }, ...rest);
};
