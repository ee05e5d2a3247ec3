/** A client in one worker process, on one side: how it keeps a login, connects and calls. */
import type { Login } from '../messages.ts'

/** What a process knows of a login without its tokens. */
type Account = Omit<Login, 'accessToken' | 'refreshToken'>

export interface Client {
  /** Absent with Keyturn: the store has it. */
  store?(login: Login): Promise<void>
  /** The function makes one API call; it throws what the client throws. */
  connect(account: Account): Promise<() => Promise<unknown>>
}

export const API_VERSION = '60.0'
