/** Each habit in a source that has it and in one that looks alike and has it not, in each language it is written in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanRepository } from '../../../src/posture/scan/scan-repository.ts'
import { repository } from './repository.ts'

interface Case {
  readonly name: string
  readonly file: string
  readonly source: string
  /** `kind:line`, with `?` where it is only possible. */
  readonly found: readonly string[]
}

const js = (name: string, source: string, ...found: readonly string[]): Case => ({
  name,
  file: 'src/a.ts',
  source,
  found,
})
const of = (file: string, name: string, source: string, ...found: readonly string[]): Case => ({
  name,
  file,
  source,
  found,
})

const cases: readonly Case[] = [
  js(
    'a connection with a refresh token and nothing else',
    "import jsforce from 'jsforce'\nconst conn = new jsforce.Connection({\n  oauth2,\n  refreshToken: stored,\n})",
    'connection-without-refresh-fn:2',
  ),
  js(
    'a class of another name, options in a variable',
    "import { Connection as Force } from '@jsforce/jsforce-node'\nconst options: Options = { instanceUrl, refreshToken }\nexport const c = new Force<Schema>(options)",
    'connection-without-refresh-fn:3',
  ),
  js(
    'require, and options somebody else made',
    "const { Connection } = require('jsforce')\nmodule.exports = (o, refreshToken) => new Connection(o)",
    'connection-without-refresh-fn:2?',
  ),
  js(
    'a listener for the access token only',
    "import * as jsforce from 'jsforce'\nconst conn = new jsforce.Connection({ oauth2, refreshToken })\nconn.on('refresh', (token) => { save(token) })",
    'connection-without-refresh-fn:2',
  ),
  js(
    'a listener that takes both',
    "import jsforce from 'jsforce'\nconst conn = new jsforce.Connection({ oauth2, refreshToken })\nconn.on('refresh', (token, res) => { conn.refreshToken = res.refresh_token; save(token, res.refresh_token) })",
    'connection-with-listener:2',
  ),
  js(
    'a listener whose code stands elsewhere',
    "import jsforce from 'jsforce'\nconst conn = new jsforce.Connection({ oauth2, refreshToken })\nconn.on('refresh', onRefresh)",
    'connection-without-refresh-fn:2?',
  ),
  js(
    'a refreshFn',
    "import jsforce from 'jsforce'\nconst conn = new jsforce.Connection({ instanceUrl, refreshFn: async (conn, done) => done(null, await fresh()) })",
    'connection-with-refresh-fn:2',
  ),
  js('an access token only', "import jsforce from 'jsforce'\nnew jsforce.Connection({ instanceUrl, accessToken })"),
  js(
    'options that somebody else made, and nothing of tokens',
    "import jsforce from 'jsforce'\nnew jsforce.Connection(options)",
  ),
  js(
    'options that somebody else made, with a refreshFn',
    "import jsforce from 'jsforce'\nexport const make = (options, refreshToken, refreshFn) => new jsforce.Connection(options)",
  ),
  js(
    'options in a variable that is used elsewhere before',
    "import jsforce from 'jsforce'\nlet options = { instanceUrl, refreshToken }\nlog(options)\nnew jsforce.Connection(options)",
    'connection-without-refresh-fn:4',
  ),
  js(
    'a listener by a function of the old kind',
    "import jsforce from 'jsforce'\nnew jsforce.Connection({ oauth2, refreshToken })\nconn.on('refresh', function (token) { save(token) })",
    'connection-without-refresh-fn:2',
  ),
  js(
    'listeners of something else',
    "import jsforce from 'jsforce'\nnew jsforce.Connection({ oauth2, refreshToken })\npage.on('load', (res) => res.refresh_token)\nlog(on, 'refresh')",
    'connection-without-refresh-fn:2',
  ),
  js('jsforce only named in a text', "log('jsforce')\nnew Connection({ refreshToken })\nconn.login(a, b)"),
  js('a log that speaks of a login', "import jsforce from 'jsforce'\nlogin(a, b)\nconst login = (a, b) => 0"),
  js('another word of the CLI', "run('sf org login sfdx-urls'); sfdx.url; const login = sfdx - url"),
  of('A.java', 'its setter only defined', 'import com.sforce.ws.X;\nclass A { Runnable setPassword; }'),
  of('a.php', 'a login without a password', '<?php\n$c = new SforcePartnerClient();\n$c->login();'),
  js(
    'an envelope for something else',
    'const body = `<env xmlns="urn:partner.soap.sforce.com"><query>`, other = `<login>`',
  ),
  js(
    'the error named far from a retry',
    "// salesforce refresh_token\nconst a = 'retry', b = 'token request is already being processed'",
  ),
  js('another Connection', "import { Connection } from 'amqp'\nnew Connection({ refreshToken, host })"),
  js(
    'a connection without the import, in jsforce’s words',
    'export const c = new Connection({ instanceUrl, refreshToken })',
    'connection-without-refresh-fn:1',
  ),
  js(
    'what stands in comments, strings and expressions',
    "import jsforce from 'jsforce'\n// new jsforce.Connection({ refreshToken })\n/* new jsforce.Connection({ refreshToken }) */\nconst a = 'new jsforce.Connection({ refreshToken })', b = /new jsforce.Connection({ refreshToken })/, c = `new jsforce.Connection({ refreshToken })`",
  ),
  js(
    'within a template',
    "import jsforce from 'jsforce'\nconst a = `${new jsforce.Connection({ oauth2, refreshToken })}`",
    'connection-without-refresh-fn:2',
  ),
  of(
    'test/a.test.ts',
    'in a test it is only possible',
    "import jsforce from 'jsforce'\nnew jsforce.Connection({ oauth2, refreshToken })",
    'connection-without-refresh-fn:2?',
  ),
  js(
    'jsforce logs in by password',
    "import jsforce from 'jsforce'\nconst conn = new jsforce.Connection({ loginUrl })\nawait conn.login(user, password + token)",
    'password-login:3',
  ),
  js('a login of something else', "import jsforce from 'jsforce'\nawait page.login()\nawait passport.login(user)"),
  js(
    'jsforce’s OAuth2 refreshes, unread',
    "import jsforce from 'jsforce'\nconst { access_token } = await new jsforce.OAuth2(o).refreshToken(kept)",
    'refresh-answer-unread:2',
  ),
  js(
    'jsforce’s OAuth2 refreshes, read',
    "import jsforce from 'jsforce'\nconst res = await oauth2.refreshToken(kept)\nawait save(res.refresh_token)",
    'refresh-by-hand:2?',
  ),
  js('from process.env', 'export const token = process.env.SF_REFRESH_TOKEN', 'token-from-environment:1'),
  js(
    'from process.env by text',
    "export const token = process.env['SALESFORCE_REFRESH_TOKEN'] ?? ''",
    'token-from-environment:1',
  ),
  js('taken apart', 'const { SF_CLIENT_ID, SF_REFRESH_TOKEN } = process.env', 'token-from-environment:1'),
  js(
    'a name that says nothing, in a file that does',
    "// talks to Salesforce\nfetch('https://acme.my.salesforce.com', process.env.REFRESH_TOKEN)",
    'token-from-environment:2',
  ),
  js('of another provider', "fetch('https://oauth2.example', { refresh_token: process.env.REFRESH_TOKEN })"),
  js('a lifetime', 'const days = process.env.SF_REFRESH_TOKEN_EXPIRES_DAYS'),
  js('a constant of that name', "const SF_REFRESH_TOKEN = 'refresh_token'"),
  js('it is set, not read', 'process.env.SF_REFRESH_TOKEN = fresh'),
  js(
    'read and an answer, too',
    'const token = process.env.SF_REFRESH_TOKEN\nconst { refresh_token } = await ask(token)\nawait vault.write(refresh_token)',
    'token-from-environment:1?',
  ),
  of('a.py', 'os.environ', "import os\nTOKEN = os.environ['SF_REFRESH_TOKEN']", 'token-from-environment:2'),
  of('a.py', 'os.environ.get', "import os\nTOKEN = os.environ.get('SF_REFRESH_TOKEN', '')", 'token-from-environment:2'),
  of('a.py', 'os.getenv', "import os\nTOKEN = os.getenv('SF_REFRESH_TOKEN')", 'token-from-environment:2'),
  of('a.py', 'a comment of Python', "# os.environ['SF_REFRESH_TOKEN']\n'''\nos.environ['SF_REFRESH_TOKEN']\n'''"),
  of(
    'a.rb',
    'ENV',
    "token = ENV['SF_REFRESH_TOKEN']\nother = ENV.fetch('SF_REFRESH_TOKEN')",
    'token-from-environment:1',
    'token-from-environment:2',
  ),
  of(
    'A.java',
    'System.getenv',
    'class A { String t = System.getenv("SF_REFRESH_TOKEN"); }',
    'token-from-environment:1',
  ),
  of('a.go', 'os.Getenv', 'package a\nvar t = os.Getenv("SF_REFRESH_TOKEN")', 'token-from-environment:2'),
  of(
    'a.php',
    '$_ENV and getenv',
    "<?php\n$a = $_ENV['SF_REFRESH_TOKEN'];\n$b = getenv('SF_REFRESH_TOKEN');",
    'token-from-environment:2',
    'token-from-environment:3',
  ),
  of(
    'A.cs',
    'GetEnvironmentVariable',
    'var t = Environment.GetEnvironmentVariable("SF_REFRESH_TOKEN");',
    'token-from-environment:1',
  ),
  of(
    'a.sh',
    'a shell',
    'curl -d "refresh_token=$SF_REFRESH_TOKEN" "$URL"\nexport X=${SF_REFRESH_TOKEN}',
    'token-from-environment:2',
  ),
  of(
    '.github/workflows/a.yml',
    'a workflow',
    'env:\n  SF_REFRESH_TOKEN: ${{ secrets.SF_REFRESH_TOKEN }}',
    'token-from-environment:2',
  ),
  of(
    '.github/workflows/a.yml',
    'an auth URL',
    'run: sf org login sfdx-url --sfdx-url-file url.txt',
    'stored-auth-url:1',
  ),
  of('ci.sh', 'the old spelling', 'sfdx auth:sfdxurl:store -f url.txt', 'stored-auth-url:1'),
  js('run by a program', "execSync('sf org login sfdx-url -f ' + file)", 'stored-auth-url:1'),
  of('ci.sh', 'a login by JWT', 'sf org login jwt --client-id "$ID" # not: sf org login sfdx-url'),
  js(
    'the token endpoint, unread',
    "const url = 'https://login.salesforce.com/services/oauth2/token'\nconst body = new URLSearchParams({\n  grant_type: 'refresh_token',\n  refresh_token: config.refresh_token,\n})\nconst { access_token } = await (await fetch(url, { body })).json()",
    'refresh-answer-unread:3',
  ),
  js(
    'the token endpoint, read',
    "const url = 'https://login.salesforce.com/services/oauth2/token'\nparams.append('grant_type', 'refresh_token')\nconst answer = await post(url, params)\nsave(answer.refresh_token ?? old)",
    'refresh-by-hand:2?',
  ),
  js(
    'another provider’s endpoint',
    "fetch('https://oauth2.googleapis.com/token', { body: 'grant_type=refresh_token' })",
  ),
  of(
    'a.py',
    'requests, unread',
    "r = requests.post('https://login.salesforce.com/services/oauth2/token', data={'grant_type': 'refresh_token', 'refresh_token': self.refresh_token})\nreturn r.json()['access_token']",
    'refresh-answer-unread:1',
  ),
  of(
    'a.py',
    'requests, read',
    "r = requests.post('https://login.salesforce.com/services/oauth2/token', data={'grant_type': 'refresh_token'})\nstore(r.json().get('refresh_token'))",
    'refresh-by-hand:1?',
  ),
  of(
    'a.go',
    'Go, unread',
    'package a\n// salesforce\nfunc f() { v.Set("grant_type", "refresh_token") }',
    'refresh-answer-unread:3',
  ),
  of(
    'a.go',
    'Go, read into a struct',
    'package a\n// salesforce\ntype answer struct {\n  Refresh string `json:"refresh_token"`\n}\nfunc f() { v.Set("grant_type", "refresh_token") }',
    'refresh-by-hand:6?',
  ),
  of(
    'A.java',
    'Java, unread',
    'class A { /* Salesforce */ void f() { p.add(new Pair("grant_type", "refresh_token")); } }',
    'refresh-answer-unread:1',
  ),
  of(
    'a.sh',
    'curl',
    'curl https://login.salesforce.com/services/oauth2/token -d "grant_type=refresh_token&client_id=$ID"',
    'refresh-answer-unread:1',
  ),
  of(
    'a.rb',
    'Ruby, read',
    "post('https://login.salesforce.com', grant_type: 'refresh_token')\nsave(body[:refresh_token])",
    'refresh-by-hand:1?',
  ),
  js(
    'the password flow',
    "fetch('https://login.salesforce.com/x', { body: { grant_type: 'password' } })",
    'password-login:1',
  ),
  js(
    'another flow',
    "fetch('https://login.salesforce.com/x', { body: { grant_type: 'client_credentials', note: 'password' } })",
  ),
  js(
    'a retry of the harmless error',
    "// salesforce\nif (text.includes('token request is already being processed')) await retry(() => refresh(refresh_token))",
    'refresh-retried:2?',
  ),
  js(
    'the error only named',
    "// salesforce refresh_token\nconst harmless = 'token request is already being processed'",
  ),
  of(
    'a.rb',
    'restforce with a refresh token',
    'client = Restforce.new(refresh_token: kept, client_id: id)',
    'client-with-refresh-token:1',
  ),
  of(
    'a.rb',
    'restforce without brackets',
    'client = Restforce.new refresh_token: kept,\n  client_id: id\nputs 1',
    'client-with-refresh-token:1',
  ),
  of('a.rb', 'restforce by password', 'Restforce.new(username: u, password: p, security_token: t)', 'password-login:1'),
  of('a.rb', 'restforce with an access token', 'Restforce.new(oauth_token: t, instance_url: u)'),
  of(
    'a.py',
    'simple-salesforce by password',
    'from simple_salesforce import Salesforce\nsf = Salesforce(username=u, password=p, security_token=t)',
    'password-login:2',
  ),
  of(
    'a.py',
    'simple-salesforce with a session',
    'from simple_salesforce import Salesforce\nsf = Salesforce(session_id=s, instance_url=u)',
  ),
  js(
    'nforce without onRefresh',
    "const nforce = require('nforce')\nnforce.createConnection({ clientId, autoRefresh: true })",
    'client-with-refresh-token:2',
  ),
  js(
    'nforce with onRefresh',
    "const nforce = require('nforce')\nnforce.createConnection({ clientId, autoRefresh: true, onRefresh: keep })",
  ),
  of(
    'A.java',
    'the SOAP connector',
    'import com.sforce.ws.ConnectorConfig;\nclass A { void f() { config.setPassword(p); } }',
    'password-login:2',
  ),
  of(
    'A.java',
    'another setPassword',
    'import javax.mail.X; // Salesforce sforce\nclass A { void f() { config.setPassword(p); } }',
  ),
  of(
    'a.php',
    'the SOAP toolkit',
    '<?php\n$c = new SforcePartnerClient();\n$c->login($user, $pass . $token);',
    'password-login:3',
  ),
  js('an envelope', 'const body = `<env><login xmlns="urn:partner.soap.sforce.com"><username>`', 'password-login:1'),
  js('Keyturn', "import { openKeyturn } from '@keyturn/tokens'", 'keyturn:1'),
  of('run.sh', 'Keyturn in a shell', 'keyturn exec acme -- node sync.js', 'keyturn:1'),
]

for (const { name, file, source, found } of cases)
  test(`${file}: ${name}`, async (context) => {
    const { habits } = await scanRepository(repository(context, { [file]: source }))
    assert.deepEqual(
      habits.map(({ kind, line, confidence }) => `${kind}:${line}${confidence === 'possible' ? '?' : ''}`),
      found,
    )
    for (const habit of habits) assert.ok(habit.why.length > 20 && habit.next.length > 5)
  })

test('every kind of habit is found by a case, and every language has one', () => {
  const kinds = new Set(cases.flatMap(({ found }) => found.map((one) => one.split(':')[0])))
  assert.equal(kinds.size, 11)
})
