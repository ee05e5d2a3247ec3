import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkLoginUrl } from '../../src/wire/hosts.ts'

const canonical: Readonly<Record<string, string>> = {
  'https://login.salesforce.com': 'https://login.salesforce.com',
  ' HTTPS://LOGIN.Salesforce.COM:443/ ': 'https://login.salesforce.com',
  'https://test.salesforce.com/': 'https://test.salesforce.com',
  'https://usa77.salesforce.com': 'https://usa77.salesforce.com',
  'https://cs42.salesforce.com': 'https://cs42.salesforce.com',
  'https://acme.my.salesforce.com': 'https://acme.my.salesforce.com',
  'https://acme--uat.sandbox.my.salesforce.com': 'https://acme--uat.sandbox.my.salesforce.com',
  'https://acme-dev-ed.develop.my.salesforce.com': 'https://acme-dev-ed.develop.my.salesforce.com',
  'https://acme.my.site.com': 'https://acme.my.site.com',
  'https://acme--uat.sandbox.my.site.com': 'https://acme--uat.sandbox.my.site.com',
  'https://acme.my.salesforce.mil': 'https://acme.my.salesforce.mil',
  'https://acme.my.sfcrmproducts.cn': 'https://acme.my.sfcrmproducts.cn',
  'https://acme.cloudforce.com': 'https://acme.cloudforce.com',
  'http://localhost:8080/': 'http://localhost:8080',
  'http://127.0.0.1:80': 'http://127.0.0.1',
  'https://[::1]:8443': 'https://[::1]:8443',
}

for (const [url, expected] of Object.entries(canonical)) {
  test(`allowed: ${url.trim()}`, () => assert.equal(checkLoginUrl(url), expected))
}

const refused = [
  // Look-alikes
  'https://login.salesforce.com.evil.com',
  'https://evil.com/login.salesforce.com',
  'https://evil.com#login.salesforce.com',
  'https://loginsalesforce.com',
  'https://login-salesforce.com',
  'https://evilmy.salesforce.com',
  'https://my.salesforce.com',
  'https://.my.salesforce.com',
  'https://-acme.my.salesforce.com',
  'https://a.b.c.my.salesforce.com',
  'https://acme.my.salesforce.com.',
  'https://acme.my.salesforce.co',
  'https://acme.mysalesforce.com',
  'https://trailhead.salesforce.com',
  'https://acme.force.com',
  'https://acme--c.documentforce.com',
  'https://xn--lgin-0ra.salesforce.com',
  // Somebody before the host
  'https://login.salesforce.com@evil.com',
  'https://login.salesforce.com:x@evil.com',
  'https://user@login.salesforce.com',
  'https://@login.salesforce.com',
  'https://:@login.salesforce.com',
  // What parsers drop or bend
  'https://evil.com\\@login.salesforce.com',
  'https:\\\\login.salesforce.com',
  'https://login.sales\nforce.com',
  'https://login.sales\tforce.com',
  'https://login.salesforce.com\0.evil.com',
  'https:login.salesforce.com',
  'https:///login.salesforce.com',
  'https://login。salesforce.com',
  'https://ｌogin.salesforce.com',
  'https://lоgin.salesforce.com',
  'https://login.salesforce.com%2eevil.com',
  'https://login%2esalesforce.com',
  'https://lo\u00adgin.salesforce.com',
  // Not over TLS, another port, more than a host
  'http://login.salesforce.com',
  'http://acme.my.salesforce.com',
  'https://login.salesforce.com:8443',
  'https://login.salesforce.com/services/oauth2/token',
  'https://login.salesforce.com?x=1',
  // Not loopback
  'http://0.0.0.0:8080',
  'http://[::ffff:127.0.0.1]',
  'http://localhost.evil.com',
  'http://127.0.0.1.evil.com',
  'http://10.0.0.1',
  // No URL of ours at all
  '',
  'login.salesforce.com',
  'ftp://login.salesforce.com',
  'javascript:alert(1)',
  'https://',
]

for (const url of refused) {
  test(`refused: ${JSON.stringify(url)}`, () => {
    assert.throws(() => checkLoginUrl(url), { code: 'LOGIN_URL_REFUSED' })
  })
}

test('other hosts are allowed by their exact name, over TLS', () => {
  const allow = ['sso.acme.example', 'proxy.acme.example:8443', 'MÜNCHEN.example', 'login.salesforce.com.evil.com']
  assert.equal(checkLoginUrl('https://SSO.acme.example/', allow), 'https://sso.acme.example')
  assert.equal(checkLoginUrl('https://proxy.acme.example:8443', allow), 'https://proxy.acme.example:8443')
  assert.equal(checkLoginUrl('https://münchen.example', allow), 'https://xn--mnchen-3ya.example')
  assert.equal(checkLoginUrl('https://login.salesforce.com.evil.com', allow), 'https://login.salesforce.com.evil.com')
  for (const url of [
    'http://sso.acme.example',
    'https://sub.sso.acme.example',
    'https://sso.acme.example:444',
    'https://proxy.acme.example',
    'https://user@sso.acme.example',
  ]) {
    assert.throws(() => checkLoginUrl(url, allow), { code: 'LOGIN_URL_REFUSED' }, url)
  }
  for (const entry of ['', '*', 'https://sso.acme.example', '*.example']) {
    assert.throws(() => checkLoginUrl('https://other.example', [entry]), { code: 'LOGIN_URL_REFUSED' }, entry)
  }
})

test('a refusal repeats no password', () => {
  assert.throws(
    () => checkLoginUrl('https://user:geheim@login.salesforce.com'),
    (error: Error) => {
      assert.doesNotMatch(JSON.stringify(error) + error.message, /geheim/)
      return true
    },
  )
})
