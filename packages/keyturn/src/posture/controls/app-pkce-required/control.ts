/** PKCE: a stolen authorization code is worth nothing without the verifier that only the client has. */
import { appControl } from '../app-control.ts'
import { apart, given, isSet, right, wrong } from '../looks.ts'
import { path as ofOrg } from '../oauth-pkce-for-org/control.ts'
import { flagIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-pkce-required',
  title: 'Apps require PKCE where people authorise them',
  severity: 'critical',
  why: 'An authorization code passes through browsers, histories and other apps of the device. Without PKCE whoever reads it can trade it for tokens.',
  remedy:
    'Require PKCE in the app’s settings, after every client of its consumer key sends a code challenge (S256). Salesforce does not let it be switched off again in partner apps.',
  effort: 'hours',
  catalogues: {
    checklist: ['1'],
    shr: [
      'shr_api_enable_oauth_settings_require_proof_key_for_code_exchange_pkce',
      'shr_security_require_proof_key_for_code_exchange_pkce',
    ],
    partner2026: ['PARTNER-PKCE'],
  },
  profiles: {
    integration: {},
    baseline: {},
    strict: {},
    'partner-2026': {
      ownSetting: true,
      because: 'the mandate is about the app, in every org: that this org requires PKCE of all apps does not count',
    },
  },
  settings: [ofOrg],
  families: ['settings'],
  wrong: 'a stolen authorization code can be traded for tokens',
  changedBy: 'owner',
  look: ({ pkceRequired, flows }, { facts, parameters }) => {
    // JWT bearer and client credentials have no code to steal.
    const coded =
      flows.is === 'unknown' || flows.value.some((flow) => flow === 'web-server' || flow === 'code-credential')
    if (!coded) return apart
    // What holds is judged: the org's switch holds for every app, whatever the app's own setting says.
    if (isSet(facts.settings[ofOrg]) && !flagIn(parameters, 'ownSetting', false)) return right
    return given(pkceRequired, (required) =>
      required ? right : given(flows, () => wrong('The code flow works without PKCE.', { pkceRequired: false })),
    )
  },
})
