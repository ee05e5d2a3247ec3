/** The image, the compose file and the how-tos name what the repository really has. None of them runs here. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { makeFolder } from '../cli.ts'

const root = join(import.meta.dirname, '../../../..')
const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8')
const dockerfile = read('deploy/Dockerfile')

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly hostname?: string
        readonly ports?: readonly string[]
        readonly volumes?: readonly string[]
        readonly secrets?: readonly string[]
      }
    >
  >
  readonly volumes: object
  readonly secrets: object
}

test('the image takes the packages that `npm run pack` makes, and the PostgreSQL driver of the tests', () => {
  const [, globs = ''] = /^COPY (.+) \.\/$/m.exec(dockerfile) ?? []
  const taken = ['tokens', 'keyturn', 'simulator'].filter((workspace) => {
    const { name, version } = JSON.parse(read('packages', workspace, 'package.json')) as Record<string, string>
    const file = `dist/${name?.replace('@', '').replace('/', '-')}-${version}.tgz`
    return globs.split(' ').some((glob) => matchesGlob(file, glob))
  })
  assert.deepEqual(taken, ['tokens', 'keyturn'])
  for (const glob of globs.split(' ')) assert.ok(dockerfile.includes(glob.replace('dist/', './')), glob)
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
  assert.ok(dockerfile.includes(`pg@${devDependencies['pg']} `))
})

test('each replica has a host name and a state folder of its own, on the port that the image watches', () => {
  const { services, volumes, secrets } = parse(read('deploy/compose.yaml'), { merge: true }) as Compose
  const brokers = Object.entries(services).filter(([name]) => name.startsWith('broker-'))
  assert.equal(brokers.length, 2)
  const [, port = ''] = /^EXPOSE (\d+)$/m.exec(dockerfile) ?? []
  assert.match(dockerfile, new RegExp(`127\\.0\\.0\\.1:${port}/readyz`))
  const states = brokers.map(([name, broker]) => {
    assert.equal(broker.hostname, name)
    assert.ok(broker.ports?.every((one) => one.endsWith(`:${port}`)))
    assert.ok(broker.secrets?.every((one) => one in secrets))
    const state = broker.volumes?.find((one) => one.endsWith(':/var/lib/keyturn'))?.split(':')[0] ?? ''
    assert.ok(state in volumes, state)
    return state
  })
  assert.equal(new Set(states).size, brokers.length)
})

test('the settings that the how-tos show are taken', async (t) => {
  const pages = ['run-the-broker', 'run-three-replicas'].map((name) => read(`docs/how-to/${name}.md`))
  const shown = pages.flatMap((page) => [...page.matchAll(/```yaml\n(# keyturn\.yaml[\s\S]*?)```/g)])
  assert.equal(shown.length, 3)
  const folder = makeFolder(t)
  for (const [, text = ''] of shown) {
    writeFileSync(join(folder.path, 'keyturn.yaml'), text)
    const { code, stdout, stderr } = await folder.run(['config', 'check'])
    assert.equal(code, 0, `${text}\n${stdout}${stderr}`)
  }
})
