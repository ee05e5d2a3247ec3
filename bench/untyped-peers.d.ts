/** What the benches use of two peers that ship no types. */
declare module 'proper-lockfile' {
  export function lock(file: string): Promise<() => Promise<void>>
}
declare module 'simple-oauth2' {
  export interface AccessToken {
    readonly token: { readonly access_token: string }
    expired(): boolean
    refresh(): Promise<AccessToken>
  }
  export class AuthorizationCode {
    constructor(options: object)
    createToken(token: object): AccessToken
  }
}
