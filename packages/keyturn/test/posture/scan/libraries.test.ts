/** What is installed, out of each manifest and lock file, and what becomes of that version. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientLibraries } from '../../../src/posture/scan/client-libraries.ts'
import { scanRepository } from '../../../src/posture/scan/scan-repository.ts'
import { isBefore, rangeIsBefore } from '../../../src/posture/scan/versions.ts'
import { repository } from './repository.ts'

type Files = Readonly<Record<string, string>>

/** `name@version effect`, the range in brackets. */
const cases: readonly (readonly [string, Files, ...string[]])[] = [
  [
    'package-lock of version 3, nested copies too',
    {
      'package-lock.json': JSON.stringify(
        {
          lockfileVersion: 3,
          packages: {
            '': { name: 'app', dependencies: { '@salesforce/core': '^9' } },
            'node_modules/@salesforce/core': { version: '9.4.0' },
            'node_modules/tool/node_modules/@salesforce/core': { version: '8.32.6' },
            'node_modules/@jsforce/jsforce-node': { version: '3.12.0' },
            'node_modules/left-pad': { version: '1.0.0' },
          },
        },
        null,
        2,
      ),
    },
    '@salesforce/core@9.4.0 survives',
    '@salesforce/core@8.32.6 breaks',
  ],
  [
    'package-lock of version 1',
    {
      'package-lock.json':
        '{"lockfileVersion":1,"dependencies":{"tool":{"version":"1.0.0","dependencies":{"@salesforce/core":{"version":"9.1.7"}}}}}',
    },
    '@salesforce/core@9.1.7 breaks',
  ],
  [
    'yarn, both generations',
    {
      'yarn.lock':
        '"@salesforce/core@^9.0.0":\n  version "9.2.0"\n\njsforce@^3.1.0, jsforce@^3.2.0:\n  version "3.10.26"\n',
      'package.json': '{"dependencies":{"jsforce":"^3"}}',
      'b/yarn.lock': '"@salesforce/core@npm:^8.0.0":\n  version: 8.8.0\n  resolution: "x"\n',
    },
    '@salesforce/core@9.2.0 survives',
    '@salesforce/core@8.8.0 breaks',
    'jsforce@3.10.26 depends',
  ],
  [
    'pnpm, three spellings',
    {
      'pnpm-lock.yaml':
        "packages:\n\n  '@salesforce/core@9.1.0':\n    resolution: {}\n  /@salesforce/cli/2.151.7:\n    x: 1\n  nforce@1.13.0(peer@2):\n    x: 1\n",
    },
    '@salesforce/core@9.1.0 breaks',
    '@salesforce/cli@2.151.7 survives',
    'nforce@1.13.0 depends',
  ],
  [
    'a range that can only be old',
    { 'package.json': '{"dependencies":{"@salesforce/core":"^8.2.0"}}' },
    '@salesforce/core(^8.2.0) breaks',
  ],
  [
    'a range that can only be new',
    { 'package.json': '{"dependencies":{"@salesforce/core":"^9.2.0"}}' },
    '@salesforce/core(^9.2.0) survives',
  ],
  [
    'a range that says nothing',
    { 'package.json': '{"dependencies":{"@salesforce/core":">=8"}}' },
    '@salesforce/core(>=8) depends',
  ],
  [
    'a lock above says what a workspace’s range means',
    {
      'package-lock.json': '{"packages":{"node_modules/@salesforce/core":{"version":"9.3.0"}}}',
      'packages/a/package.json': '{"dependencies":{"@salesforce/core":">=8"}}',
    },
    '@salesforce/core@9.3.0 survives',
  ],
  [
    'requirements',
    { 'requirements-dev.txt': '# Salesforce_x\nSimple_Salesforce[x]>=1.12,<2 ; python_version > "3"\nrequests==2\n' },
    'Simple_Salesforce(>=1.12,<2) unaffected',
  ],
  [
    'pyproject, poetry and uv',
    {
      'a/pyproject.toml': '[project]\ndependencies = ["simple-salesforce>=1", "cumulusci"]\n',
      'b/pyproject.toml': '[tool.poetry.dependencies]\ntap-salesforce = { version = "^1.8" }\n',
      'c/poetry.lock': '[[package]]\nname = "airbyte-source-salesforce"\nversion = "2.7.9"\n',
      'd/uv.lock': '[[package]]\nname = "airbyte-source-salesforce"\nversion = "2.8.0"\n',
    },
    'simple-salesforce(>=1) unaffected',
    'cumulusci depends',
    'tap-salesforce(^1.8) depends',
    'airbyte-source-salesforce@2.7.9 breaks',
    'airbyte-source-salesforce@2.8.0 depends',
  ],
  [
    'Pipfile.lock',
    { 'Pipfile.lock': '{"default":{"django-salesforce":{"version":"==4.2"}},"develop":{}}' },
    'django-salesforce@4.2 unknown',
  ],
  [
    'bundler',
    {
      Gemfile: "gem 'restforce', '~> 8.0'\n",
      'Gemfile.lock': 'GEM\n  specs:\n    restforce (8.0.1)\n      faraday (>= 1)\n',
    },
    'restforce@8.0.1 depends',
  ],
  [
    'maven, with a property',
    {
      'pom.xml':
        '<project><properties>\n<sdk.version>13.2.0</sdk.version>\n</properties>\n<dependency><groupId>com.salesforce.mobilesdk</groupId>\n<artifactId>SalesforceSDK</artifactId><version>${sdk.version}</version></dependency></project>',
    },
    'com.salesforce.mobilesdk:SalesforceSDK@13.2.0 breaks',
  ],
  [
    'gradle',
    { 'build.gradle.kts': 'dependencies {\n  implementation("com.force.api:force-wsc:64.0.0")\n}' },
    'com.force.api:force-wsc@64.0.0 unaffected',
  ],
  [
    'composer',
    {
      'composer.json': '{"require":{"omniphx/forrest":"2.*"}}',
      'composer.lock': '{"packages":[{"name":"omniphx/forrest","version":"v2.18.0"}]}',
    },
    'omniphx/forrest@2.18.0 unknown',
  ],
  [
    'go',
    { 'go.mod': 'module a\nrequire (\n\tgithub.com/simpleforce/simpleforce v0.1.0 // indirect\n)\n' },
    'github.com/simpleforce/simpleforce@0.1.0 unknown',
  ],
  [
    '.NET',
    { 'a.csproj': '<Project><PackageReference Include="NetCoreForce.Client" Version="5.0.0" /></Project>' },
    'NetCoreForce.Client@5.0.0 breaks',
  ],
  ['a general library beside nothing of Salesforce', { 'package.json': '{"dependencies":{"openid-client":"^6"}}' }],
  [
    'a general library beside Salesforce',
    {
      'package.json': '{"dependencies":{"openid-client":"^6"}}',
      'a.js': "grant_type: 'x' // https://acme.my.salesforce.com",
    },
    'openid-client(^6) depends',
  ],
]

for (const [name, files, ...expected] of cases)
  test(`libraries: ${name}`, async (context) => {
    const { libraries, problems } = await scanRepository(repository(context, files))
    assert.deepEqual(problems, [])
    assert.deepEqual(
      libraries
        .map(
          (one) =>
            `${one.name}${one.version === null ? '' : `@${one.version}`}${one.range === null ? '' : `(${one.range})`} ${one.effect}`,
        )
        .sort(),
      [...expected].sort(),
    )
  })

test('libraries: a line is where the package stands', async (context) => {
  const root = repository(context, { 'a/package.json': '{\n  "dependencies": {\n    "jsforce": "^3.1.0"\n  }\n}\n' })
  const { libraries } = await scanRepository(root)
  assert.deepEqual(
    libraries.map(({ path, line }) => [path, line]),
    [['a/package.json', 3]],
  )
})

test('versions are compared as numbers, and ranges only where they can be', () => {
  assert.deepEqual(
    ['9.1.10', '9.2.0', '10.0.0', '9.2.0-beta.1', 'v9.2', 'workspace:*'].map((one) => isBefore(one, '9.2.0')),
    [true, false, false, true, false, null],
  )
  assert.deepEqual(
    [
      '^9.1.0',
      '~9.1.0',
      '9.1.7',
      '=9.2.0',
      '<9.2.0',
      '<9.3',
      '8.x',
      '*',
      '^8 || ^9',
      '>=9.2',
      'latest',
      '~> 9.1.0',
      '~=9.1',
    ].map((one) => rangeIsBefore(one, '9.2.0')),
    [null, true, true, false, true, null, true, null, null, false, null, true, null],
  )
})

test('each client library says what becomes of it and what to do', () => {
  for (const { fate, since } of clientLibraries)
    for (const { why, next } of [fate, ...(since === undefined ? [] : [since.before])])
      assert.ok(why !== '' && next !== '')
  assert.equal(
    new Set(clientLibraries.map(({ ecosystem, name }) => `${ecosystem} ${name}`)).size,
    clientLibraries.length,
  )
})
