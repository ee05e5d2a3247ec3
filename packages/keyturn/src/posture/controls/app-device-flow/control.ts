/** The device flow: made for televisions, used by callers who talk people into typing a code. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-device-flow',
  title: 'No app offers the device flow',
  severity: 'high',
  why: 'A caller starts the flow on their own machine and has a person type the code: no callback and no secret stands in the way. The thefts by phone of 2025 went this way.',
  remedy:
    'Switch the device flow off; command-line tools use the web-server flow with PKCE and a local callback, or JWT bearer.',
  effort: 'minutes',
  catalogues: { shr: ['shr_api_enable_oauth_settings_enable_for_device_flow_deselected'] },
  profiles: { baseline: {}, strict: {} },
  wrong: 'a code read out on the phone becomes a token',
  changedBy: 'owner',
  look: ({ flows }) =>
    given(flows, (used) =>
      used.includes('device') ? wrong('The device flow is on.', { flows: used.join(' ') }) : right,
    ),
})
