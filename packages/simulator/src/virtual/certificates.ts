/** Tooling rows of the certificates that lie in Certificate and Key Management. */
import type { VirtualRow } from '../route.ts'
import type { Org } from '../state/org.ts'
import { rowsOf } from '../metadata/store.ts'

export const certificateRows = (org: Org): readonly VirtualRow[] =>
  rowsOf(org, 'Certificate').map(({ id, fullName, body, content }) => ({
    Id: id,
    DeveloperName: fullName,
    MasterLabel: body['masterLabel'] ?? fullName,
    ExpirationDate: typeof body['expirationDate'] === 'string' ? Date.parse(body['expirationDate']) : null,
    KeySize: body['keySize'] ?? null,
    OptionsIsCaSigned: body['caSigned'] === true,
    OptionsIsPrivateKeyExportable: body['privateKeyExportable'] === true,
    // A request that nobody has signed yet.
    OptionsIsUnusable: body['expirationDate'] === undefined,
    CertificateChain: content?.toString('utf8') ?? null,
  }))
