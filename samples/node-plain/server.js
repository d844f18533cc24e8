'use strict';

const http = require('node:http');

const server = http.createServer((request, response) => {
  const found = request.url === '/' || request.url === '/health';
  const body = request.url === '/health' ? { status: 'UP' } : { sample: 'node-plain', node: process.version };
  response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found ? body : { error: 'not found' }));
});

server.listen(process.env.PORT || 8080, '0.0.0.0', () => {
  console.log(`listening on ${server.address().port}`);
});

process.once('SIGTERM', () => {
  console.log('closing');
  server.close();
  server.closeAllConnections();
});
