/** Who runs this, as the machine knows them. A container with an arbitrary user id has no name for it: then the id. */
import { userInfo } from 'node:os'

export const operatorName = (): string => {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}
