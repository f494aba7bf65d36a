// The browser comes from the system or from @sparticuz/chromium; `npm ci` must work offline and unattended.
module.exports = { skipDownload: true };
