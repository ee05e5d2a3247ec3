/**
 * Every control, by its folder, in the order of the ids. The folders are the table: there is no list to forget one in.
 */
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Control, ControlCase } from '../control.ts'

const folder = new URL('./', import.meta.url)
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

const folders = (): readonly string[] =>
  readdirSync(fileURLToPath(folder), { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && existsSync(fileURLToPath(new URL(`${entry.name}/control${extension}`, folder))),
    )
    .map(({ name }) => name)
    .sort()

const loadControl = async (id: string): Promise<Control> => {
  const { control } = (await import(new URL(`${id}/control${extension}`, folder).href)) as { readonly control: Control }
  if (control.id !== id) throw new Error(`the control in controls/${id} calls itself ${control.id}`)
  return control
}

export const allControls = async (): Promise<readonly Control[]> => Promise.all(folders().map(loadControl))

export const casesOf = async (id: string): Promise<readonly ControlCase[]> => {
  const { cases } = (await import(new URL(`${id}/cases${extension}`, folder).href)) as {
    readonly cases: readonly ControlCase[]
  }
  return cases
}
