'use strict';

const http = require('node:http');

const { sum } = require('./build/Release/sum.node');

const server = http.createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ sample: 'node-native', sum: sum(40, 2), node: process.version }));
});

server.listen(process.env.PORT || 8080, '0.0.0.0', () => {
  console.log(`listening on ${server.address().port}`);
});

process.once('SIGTERM', () => {
  console.log('closing');
  server.close();
  server.closeAllConnections();
});
