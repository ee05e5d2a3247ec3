/** What never reaches Salesforce, or comes from something in between: names, connections, certificates, proxies. */
import { rowsOf } from './explanation.ts'
import type { Explanation } from './explanation.ts'

const network = rowsOf('network', null)
type Line = readonly [codes: readonly string[], cause: string, evidence: string, next: string]

const lines: readonly Line[] = [
  [
    ['ENOTFOUND', 'EAI_AGAIN', 'curl: (6)', 'UnknownHostException', 'NameResolutionError'],
    'The name of the host can’t be resolved.',
    '`keyturn doctor`; the address for typing errors.',
    'Correct the address (a My Domain that was renamed?) or the resolver.',
  ],
  [
    ['ECONNREFUSED', 'curl: (7)', 'ConnectionRefusedError', 'java.net.ConnectException'],
    'Nobody listens there, or a firewall refuses.',
    '`keyturn doctor`.',
    'Correct address, port and firewall.',
  ],
  [
    ['ECONNRESET', 'EPIPE', 'socket hang up', 'curl: (52)', 'curl: (56)', 'ConnectionResetError'],
    'The connection broke while the answer was awaited. Of a token request nobody knows then whether the refresh token was replaced.',
    'The log of a proxy in between.',
    'Never send the same refresh token again by hand; Keyturn treats it as a doubt (`keyturn grants show NAME`).',
  ],
  [
    [
      'ETIMEDOUT',
      'ESOCKETTIMEDOUT',
      'UND_ERR_CONNECT_TIMEOUT',
      'UND_ERR_HEADERS_TIMEOUT',
      'curl: (28)',
      'SocketTimeoutException',
      'ReadTimeout',
      'ReadTimeoutError',
      'ConnectTimeout',
      'ConnectTimeoutError',
    ],
    'No answer in time. Of a token request nobody knows then whether the refresh token was replaced.',
    '`keyturn doctor`; status.salesforce.com.',
    'Never send the same refresh token again by hand; Keyturn treats it as a doubt (`keyturn grants show NAME`).',
  ],
  [
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'curl: (60)',
      'PKIX path building failed',
      'CERTIFICATE_VERIFY_FAILED',
    ],
    'The certificate comes from an authority this machine does not know: a proxy that opens TLS, most often.',
    'The issuer of the certificate the host shows.',
    'Give the client the proxy’s CA (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE); never switch verification off.',
  ],
  [
    ['CERT_HAS_EXPIRED', 'certificate has expired'],
    'The certificate of the host, or of a proxy, expired; or this machine’s clock is wrong.',
    '`keyturn doctor` compares the clocks.',
    'Set the clock, or renew the proxy’s certificate.',
  ],
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'curl: (51)'],
    'The certificate is for another name.',
    'The address, and where its name points.',
    'Use the name that Salesforce gave (the My Domain).',
  ],
  [
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO', 'curl: (35)'],
    'The other side does not speak TLS there, or only an old version of it.',
    'Port and scheme of address and proxy.',
    'Correct them; a proxy is often http://, also for https.',
  ],
  [['HTTP 407'], 'The proxy wants a name and password.', 'HTTPS_PROXY.', 'Give the proxy’s credentials.'],
  [
    ['HTTP 429'],
    'Too many requests at once.',
    'Header Retry-After.',
    'Wait as long as the header says, and ask for less at once.',
  ],
  [
    ['HTTP 502', 'HTTP 503', 'HTTP 504'],
    'Salesforce, or a proxy before it, is overloaded or in maintenance.',
    'status.salesforce.com for this instance.',
    'Wait and repeat; a token request that may have arrived is a doubt, not to be repeated by hand.',
  ],
  [
    ['HTTP 401'],
    'The token, or the client, is not accepted; the body says which.',
    'The body of the answer.',
    'Explain the body: `keyturn explain -`.',
  ],
  [
    ['HTTP 403'],
    'The token is known and this is not allowed; the body says why.',
    'The body of the answer.',
    'Explain the body: `keyturn explain -`.',
  ],
]

export const networkErrors: readonly Explanation[] = lines.flatMap(([codes, cause, evidence, next]) =>
  codes.map((code) => network(code, null, 'observed', cause, evidence, next)),
)
