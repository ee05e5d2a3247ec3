/** Manifests: package.xml and destructiveChanges.xml, and the types that a retrieve asks for. */
import { ComponentProblem } from './elements.ts'
import { escapeXml } from '../soap/envelope.ts'
import { isNode, listOf, plainText, rootOf } from './xml.ts'

export interface ManifestType {
  readonly name: string
  readonly members: readonly string[]
}

export interface Manifest {
  readonly types: readonly ManifestType[]
  readonly version: number | undefined
}

export function manifestOf(node: unknown): Manifest {
  if (!isNode(node)) return { types: [], version: undefined }
  const types = listOf(node['types']).map((type) => {
    const inner = isNode(type) ? type : {}
    const names = listOf(inner['name'])
    if (names.length > 1)
      throw new ComponentProblem('Element name is duplicated at this location in type PackageTypeMembers', {
        structural: true,
      })
    return { name: plainText(names[0]), members: listOf(inner['members']).map(plainText) }
  })
  const version = plainText(node['version'])
  return { types, version: version === '' ? undefined : Number(version) }
}

export const readManifest = (file: string): Manifest => manifestOf(rootOf(file, 'Package'))

export function manifestXml(types: readonly ManifestType[], version: number): string {
  const blocks = types.map(
    ({ name, members }) =>
      `    <types>\n${members.map((member) => `        <members>${escapeXml(member)}</members>\n`).join('')}        <name>${name}</name>\n    </types>\n`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Package xmlns="http://soap.sforce.com/2006/04/metadata">\n${blocks.join('')}    <version>${version.toFixed(1)}</version>\n</Package>\n`
}
