/**
 * A deployment: the zip is read against its manifest, then every component in turn; what fails is named, and with
 * rollbackOnError (always, in production) one failure undoes it all.
 */
import type { Org } from '../state/org.ts'
import { componentTypes, typeNamed } from './catalogue.ts'
import { bodyOfFile, ownerOf } from './component-file.ts'
import type { ComponentFile } from './component-file.ts'
import type { ComponentType, Context } from './component-type.ts'
import { contextOf, requireWrite } from './context.ts'
import type { OpenContext } from './context.ts'
import { ComponentProblem } from './elements.ts'
import type { JsonObject } from './elements.ts'
import { readManifest } from './manifest.ts'
import type { Manifest, ManifestType } from './manifest.ts'
import { rowOf } from './store.ts'
import { attempt } from './transaction.ts'
import { elementsXml } from './xml.ts'
import { unzip } from './zip.ts'

export interface DeployOptions {
  readonly allowMissingFiles: boolean
  readonly autoUpdatePackage: boolean
  readonly checkOnly: boolean
  readonly ignoreWarnings: boolean
  readonly performRetrieve: boolean
  readonly purgeOnDelete: boolean
  readonly rollbackOnError: boolean
  readonly runTests: readonly string[]
  readonly singlePackage: boolean
  readonly testLevel: string | null
}

export interface DeployMessage {
  readonly changed: boolean
  readonly componentType: string
  readonly created: boolean
  readonly deleted: boolean
  readonly fileName: string
  readonly fullName: string
  readonly id: string | null
  readonly problem: string | null
  readonly problemType: 'Error' | 'Warning' | null
  readonly success: boolean
}

export interface DeployOutcome {
  readonly status: 'Succeeded' | 'SucceededPartial' | 'Failed'
  readonly messages: readonly DeployMessage[]
  readonly total: number
  readonly errorStatusCode: string | null
  readonly errorMessage: string | null
}

const message = (of: Partial<DeployMessage> & Pick<DeployMessage, 'fileName' | 'fullName'>): DeployMessage => ({
  changed: false,
  componentType: '',
  created: false,
  deleted: false,
  id: null,
  problem: null,
  problemType: null,
  success: true,
  ...of,
})

const failure = (fileName: string, fullName: string, problem: string, type = '', warning = false): DeployMessage =>
  message({
    fileName,
    fullName,
    componentType: type,
    problem,
    problemType: warning ? 'Warning' : 'Error',
    success: false,
  })

interface Source {
  /** Put before paths in messages: `unpackaged/` where the zip holds a folder for each package. */
  readonly folder: string
  readonly files: ReadonlyMap<string, Buffer>
}

function sourceOf(files: ReadonlyMap<string, Buffer>, singlePackage: boolean): Source | undefined {
  if (singlePackage) return files.has('package.xml') ? { folder: '', files } : undefined
  const manifest = [...files.keys()].find((path) => /^[^/]+\/package\.xml$/.test(path))
  if (manifest === undefined) return undefined
  const folder = manifest.slice(0, -'package.xml'.length)
  const inside = [...files].filter(([path]) => path.startsWith(folder))
  return { folder, files: new Map(inside.map(([path, content]) => [path.slice(folder.length), content])) }
}

const isManifest = (path: string): boolean => /^(?:package|destructiveChanges(?:Pre|Post)?)\.xml$/.test(path)

/** Components of the zip in the order of the catalogue, and what is wrong between zip and manifest. */
function components(
  context: Context,
  source: Source,
  manifest: Manifest,
  options: DeployOptions,
): { readonly files: readonly ComponentFile[]; readonly failures: readonly DeployMessage[] } {
  const failures: DeployMessage[] = []
  const found = new Map<string, ComponentFile>()
  const manifestPath = `${source.folder}package.xml`
  for (const { name } of manifest.types)
    if (typeNamed(context, name) === undefined)
      failures.push(failure(manifestPath, 'package.xml', `Unknown type name '${name}' specified in package.xml`))
  const named = ({ name }: ComponentType, fullName: string): boolean =>
    manifest.types.some((type) => type.name === name && type.members.some((one) => one === fullName || one === '*'))
  for (const [path, content] of source.files) {
    if (isManifest(path)) continue
    const owner = ownerOf(context, path)
    if (owner === undefined || (!named(owner.type, owner.fullName) && !options.autoUpdatePackage)) {
      failures.push(failure(`${source.folder}${path}`, owner?.fullName ?? path, 'Not in package.xml', owner?.type.name))
      continue
    }
    const { type, fullName } = owner
    const key = `${type.name}/${fullName}`
    const isElements = !type.hasContent || path.endsWith('-meta.xml')
    const known = found.get(key)
    found.set(key, {
      type,
      fullName,
      path: `${source.folder}${isElements && type.hasContent ? path.slice(0, -'-meta.xml'.length) : path}`,
      elements: isElements ? content.toString('utf8') : known?.elements,
      content: isElements ? known?.content : content,
    })
  }
  if (!options.allowMissingFiles)
    for (const { name, members } of manifest.types)
      for (const member of members)
        if (member !== '*' && typeNamed(context, name) !== undefined && !found.has(`${name}/${member}`))
          failures.push(
            failure(
              manifestPath,
              member,
              `An object '${member}' of type ${name} was named in package.xml, but was not found in zipped directory`,
            ),
          )
  const files = [...found.values()].toSorted(
    (a, b) => componentTypes.indexOf(a.type) - componentTypes.indexOf(b.type) || a.fullName.localeCompare(b.fullName),
  )
  return { files, failures }
}

/** Runs one step; a refusal becomes a message, and what the step had done is undone. */
function step(
  org: Org,
  of: { path: string; fullName: string; type: string },
  work: () => DeployMessage,
): DeployMessage {
  try {
    return attempt(org, () => ({ value: work(), keep: true }))
  } catch (error) {
    if (!(error instanceof ComponentProblem)) throw error
    const text = error.structural ? `Error parsing file: ${error.message}` : error.message
    return failure(of.path, of.fullName, text, of.type, error.warning)
  }
}

/** In the order of the file, so that only a difference is one. */
const shown = (body: JsonObject | undefined): string => (body === undefined ? '' : elementsXml(body, ''))

function deployFile(context: OpenContext, file: ComponentFile): DeployMessage {
  const { org } = context
  const { type, fullName, path } = file
  // Failures name settings by the XML type of the member.
  return step(org, { path, fullName, type: type.rootOf(fullName) }, () => {
    requireWrite(context, type)
    const body = bodyOfFile(context, file)
    const before = type.read(context, fullName)
    type.apply(context, fullName, body, before)
    const after = type.read(context, fullName)
    return message({
      componentType: type.name,
      created: before === undefined,
      changed: shown(before) !== shown(after),
      fileName: path,
      fullName,
      id: rowOf(org, type.name, fullName)?.id ?? null,
    })
  })
}

function destroy(context: OpenContext, path: string, { name, members }: ManifestType): readonly DeployMessage[] {
  const type = typeNamed(context, name)
  if (type === undefined) return [failure(path, path, `Unknown type name '${name}' specified in ${path}`)]
  return members.map((fullName) =>
    step(context.org, { path, fullName, type: name }, () => {
      requireWrite(context, type)
      if (fullName === '*') throw new ComponentProblem('Wildcards are not allowed in destructive changes')
      if (type.read(context, fullName) === undefined)
        return message({
          fileName: path,
          fullName,
          problem: `No ${name} named: ${fullName} found`,
          problemType: 'Warning',
        })
      type.remove(context, fullName)
      return message({ componentType: name, changed: true, deleted: true, fileName: path, fullName })
    }),
  )
}

function carryOut(context: OpenContext, source: Source, options: DeployOptions): DeployOutcome {
  const { folder } = source
  const read = (name: string): Manifest | undefined => {
    const file = source.files.get(name)
    return file === undefined ? undefined : readManifest(file.toString('utf8'))
  }
  const messages: DeployMessage[] = []
  let manifest: Manifest | undefined
  const destructive = new Map<string, Manifest | undefined>()
  try {
    manifest = read('package.xml')
    for (const name of ['destructiveChangesPre.xml', 'destructiveChanges.xml', 'destructiveChangesPost.xml'])
      destructive.set(name, read(name))
  } catch (error) {
    if (!(error instanceof ComponentProblem)) throw error
    messages.push(failure(`${folder}package.xml`, 'package.xml', `Error parsing file: ${error.message}`))
  }
  const { files, failures } = components(context, source, manifest ?? { types: [], version: undefined }, options)
  messages.push(...failures)
  const remove = (name: string): void => {
    for (const type of destructive.get(name)?.types ?? []) messages.push(...destroy(context, `${folder}${name}`, type))
  }
  if (failures.length === 0 && messages.length === 0) {
    remove('destructiveChangesPre.xml')
    remove('destructiveChanges.xml')
    for (const file of files) messages.push(deployFile(context, file))
    remove('destructiveChangesPost.xml')
  }
  const failed = messages.filter((one) => !one.success)
  const total = messages.length
  if (failed.length === 0)
    messages.push(message({ changed: true, fileName: `${folder}package.xml`, fullName: 'package.xml' }))
  return {
    status: failed.length === 0 ? 'Succeeded' : failed.length < total ? 'SucceededPartial' : 'Failed',
    messages,
    total,
    errorStatusCode: null,
    errorMessage: null,
  }
}

const failed = (code: string, text: string): DeployOutcome => ({
  status: 'Failed',
  messages: [],
  total: 0,
  errorStatusCode: code,
  errorMessage: text,
})

const isSandbox = (org: Org): boolean => org.sql('SELECT IsSandbox FROM Organization').get()?.['IsSandbox'] === 1

export const allowsPartial = isSandbox

export function deploy(
  org: Org,
  of: { readonly orgs: readonly Org[]; readonly userId: string; readonly version: number },
  bytes: Uint8Array,
  options: DeployOptions,
): DeployOutcome {
  const context = contextOf(org, { ...of, ignoreWarnings: options.ignoreWarnings })
  const { deployException } = org.settings()
  const whole = options.rollbackOnError || !isSandbox(org)
  let outcome: DeployOutcome
  try {
    const source = sourceOf(unzip(bytes), options.singlePackage)
    if (source === undefined) {
      const path = options.singlePackage ? 'package.xml' : 'unpackaged/package.xml'
      return {
        ...failed('', ''),
        messages: [failure(path, 'package.xml', 'No package.xml found')],
        errorStatusCode: null,
        errorMessage: null,
      }
    }
    outcome = attempt(org, () => {
      const value = carryOut(context, source, options)
      const good = value.status === 'Succeeded' || (!whole && value.status === 'SucceededPartial')
      return { value, keep: good && !options.checkOnly && deployException !== 'nothing-done' }
    })
  } catch (error) {
    if (!(error instanceof ComponentProblem)) throw error
    return failed(error.statusCode, `${error.statusCode}: ${error.message}`)
  }
  const kept = outcome.status === 'Succeeded' || (!whole && outcome.status === 'SucceededPartial')
  if (kept && !options.checkOnly && deployException !== 'nothing-done') context.commit()
  if (deployException !== 'no') return { ...failed('UNKNOWN_EXCEPTION', unexpected(org)), total: outcome.total }
  return kept ? outcome : { ...outcome, status: 'Failed' }
}

export const unexpected = (org: Org): string =>
  `UNKNOWN_EXCEPTION: An unexpected error occurred. Please include this ErrorId if you contact support: ${org.ids.counter()}-1 (-${org.now() % 1_000_000})`
