/** Who used which grant through the broker, as far as it was counted: what a drain by use asks. */
import type { Use } from './uses.ts'

export interface UseReader {
  /** The sums since that moment's day, of all replicas. */
  since(at: number): Promise<readonly Use[]>
}
