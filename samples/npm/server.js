'use strict';

const express = require('express');

const app = express();

app.get('/', (request, response) => {
  response.json({ sample: 'npm', express: require('express/package.json').version, node: process.version });
});

app.get('/health', (request, response) => {
  response.json({ status: 'UP' });
});

const server = app.listen(process.env.PORT || 8080, '0.0.0.0', () => {
  console.log(`listening on ${server.address().port}`);
});

process.once('SIGTERM', () => {
  console.log('closing');
  server.close();
  server.closeAllConnections();
});
