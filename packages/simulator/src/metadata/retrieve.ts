/** A retrieve: the components that a manifest asks for, as files in a zip, with what is known of each. */
import type { Org } from '../state/org.ts'
import { typeNamed } from './catalogue.ts'
import { filesOf } from './component-file.ts'
import { contextOf } from './context.ts'
import type { FileProperties } from './file-properties.ts'
import { propertiesOf } from './file-properties.ts'
import type { Manifest, ManifestType } from './manifest.ts'
import { manifestXml } from './manifest.ts'
import { zip } from './zip.ts'

export interface RetrieveRequest {
  readonly apiVersion: number
  readonly singlePackage: boolean
  readonly packageNames: readonly string[]
  readonly specificFiles: readonly string[]
  readonly unpackaged: Manifest
}

export interface RetrieveOutcome {
  readonly properties: readonly FileProperties[]
  readonly messages: readonly { readonly fileName: string; readonly problem: string }[]
}

export function retrieve(
  org: Org,
  of: { readonly orgs: readonly Org[]; readonly userId: string },
  request: RetrieveRequest,
): { readonly outcome: RetrieveOutcome; readonly zip: Buffer } {
  const version = request.unpackaged.version ?? request.apiVersion
  const context = contextOf(org, { ...of, version })
  const folder = request.singlePackage ? '' : 'unpackaged/'
  const files = new Map<string, string | Uint8Array>()
  const properties: FileProperties[] = []
  const messages: { fileName: string; problem: string }[] = []
  const types: ManifestType[] = []
  const say = (problem: string): number => messages.push({ fileName: `${folder}package.xml`, problem })
  for (const name of request.packageNames) say(`No package named '${name}' found`)
  for (const { name, members } of request.unpackaged.types) {
    const type = typeNamed(context, name)
    if (type === undefined) {
      say(`Entity type '${name}' is unknown`)
      continue
    }
    const wanted = new Set(members.flatMap((one) => (one === '*' ? type.names(context) : [one])))
    const found: string[] = []
    for (const fullName of [...wanted].toSorted()) {
      const body = type.read(context, fullName)
      if (body === undefined) {
        say(`Entity of type '${name}' named '${fullName}' cannot be found`)
        continue
      }
      const made = [...filesOf(type, fullName, body)].map(([path, content]) => [`${folder}${path}`, content] as const)
      const asked = request.specificFiles.length === 0 || made.some(([path]) => request.specificFiles.includes(path))
      if (!asked) continue
      for (const [path, content] of made) files.set(path, content)
      found.push(fullName)
      properties.push(propertiesOf(context, type, fullName, folder))
    }
    if (found.length > 0) types.push({ name, members: found })
  }
  files.set(`${folder}package.xml`, manifestXml(types, version))
  return { outcome: { properties, messages }, zip: zip(files) }
}
