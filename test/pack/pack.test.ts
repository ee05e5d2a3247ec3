/** What is published works from a clean installation, on the Node of the project. `pack.long.test.ts`: on all. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { root } from '../../tools/repository-files.ts'
import { installPacked, subpaths, useWith } from './packed.ts'

test('the packed packages install cleanly, and each subpath and bin works with an empty stderr', async (t) => {
  const installation = await installPacked(mkdtempSync(join(tmpdir(), 'pack-')))

  await t.test('on this Node', () => useWith(process.execPath, installation))

  await t.test('with declarations that a strict TypeScript program compiles against', () => {
    const lines = installation.manifests
      .flatMap(subpaths)
      .map((specifier, index) => `export * as m${index} from '${specifier}'`)
    writeFileSync(join(installation.folder, 'program.ts'), `${lines.join('\n')}\n`)
    const types = join(root, 'node_modules', '@types')
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      skipLibCheck: true,
      typeRoots: [types],
      types: ['node'],
    }
    writeFileSync(
      join(installation.folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts'] }),
    )
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', installation.folder], {
      encoding: 'utf8',
    })
    assert.equal(status, 0, stdout)
  })

  await t.test('without sources, tests, machine paths or leftovers of the build', () => {
    for (const { name } of installation.manifests) {
      const folder = join(installation.folder, 'node_modules', name)
      const files = globSync('**/*.*', { cwd: folder, exclude: ['node_modules'] })
      const strange = files.filter((file) =>
        /(^|\/)(src|test|tsconfig)(\/|$)|\.test\.|(?<!\.d)\.ts$|tsconfig/.test(file),
      )
      assert.deepEqual(strange, [], name)
      for (const file of files.filter((path) => path.endsWith('.d.ts'))) {
        assert.doesNotMatch(readFileSync(join(folder, file), 'utf8'), /['"]\.{1,2}\/[^'"]+\.ts['"]/, `${name}/${file}`)
      }
      for (const file of files.filter((path) => /\.(js|json|d\.ts)$/.test(path))) {
        assert.ok(
          !readFileSync(join(folder, file), 'utf8').includes(root),
          `${name}/${file} names a path of this machine`,
        )
      }
    }
  })
})
