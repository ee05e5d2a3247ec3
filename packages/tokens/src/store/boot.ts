/**
 * Which boot of which machine this is. A deadline kept on the boot-time clock means something only within one boot, so
 * SQLite's store clock keeps a base per boot.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Clock } from '../clock.ts'

const attempt = (read: () => string): string | null => {
  try {
    return read().trim()
  } catch {
    return null
  }
}

/** Linux: the kernel's boot id and the time namespace (which has a boot clock of its own). macOS: the boot session. */
export const bootId = (clock: Clock): string => {
  if (process.platform === 'linux') {
    const id = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
    if (id !== null) return `${id} ${attempt(() => readlinkSync('/proc/self/ns/time')) ?? ''}`.trim()
  }
  if (process.platform === 'darwin') {
    const id = attempt(() => execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }))
    if (id !== null && id !== '') return id
  }
  // Elsewhere the moment of booting, to ten minutes: a stepped wall clock looks like a new boot, which costs a new base
  // and nothing else, because a base never lets the store's clock run backwards.
  return `${hostname()} ${Math.round((clock.wall() - clock.boot()) / 600_000)}`
}
