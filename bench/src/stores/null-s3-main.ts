import { nullS3 } from './null-s3.ts';

const port = Number(process.argv[2] ?? 0);
const server = nullS3().listen(port, '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
