// Serves one folder by ftp-srv.
const { FtpSrv } = require('ftp-srv');
const bunyan = require('bunyan');

const o = JSON.parse(process.argv[2]);
const server = new FtpSrv({
  url: `ftp://${o.host}:${o.port}`,
  pasv_url: o.host,
  pasv_min: o.passive[0],
  pasv_max: o.passive[1] - 1,
  timeout: o.idle * 1000,
  log: bunyan.createLogger({ name: 'ftp-srv', level: 'fatal' }),
});
server.on('login', ({ username, password }, resolve, reject) => {
  if (username === o.user && password === o.password) {
    resolve({ root: o.root });
  } else {
    reject(new Error('login incorrect'));
  }
});
server.listen();
