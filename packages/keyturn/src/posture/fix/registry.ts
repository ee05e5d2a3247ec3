/**
 * Every fix: `fix.ts` in a control's folder, and else the form for settings. As with controls the folders are the table.
 * A control without a fix has a remedy for a person.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Control } from '../control.ts'
import type { Fix } from './fix.ts'
import { settingFix } from './setting-fix.ts'

const folder = new URL('../controls/', import.meta.url)
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

export const fixOf = async (control: Control): Promise<Fix | null> => {
  const file = new URL(`${control.id}/fix${extension}`, folder)
  if (!existsSync(fileURLToPath(file))) return settingFix(control)
  const { fix } = (await import(file.href)) as { readonly fix: Fix }
  if (fix.control !== control.id) throw new Error(`the fix in controls/${control.id} says that it is of ${fix.control}`)
  return fix
}
