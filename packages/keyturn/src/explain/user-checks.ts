/** What the platform asks about the user, whatever the app. */
import type { Facts, ProfileFact, UserFact } from '../posture/facts.ts'
import { ask, no, open, yes } from './check.ts'
import type { Check } from './check.ts'

export const userStates = (username: string, user: UserFact | null, facts: Facts): readonly Check[] => {
  const question = 'May the user log in at all?'
  if (facts.users.is === 'unknown') return [open(question, facts.users.text)]
  if (user === null)
    return [
      no(question, 'There is no such user in this org.', `Check the username: sandboxes append their name to it.`),
    ]
  const active = user.active
    ? ask(question, user.frozen, (frozen) =>
        frozen
          ? no(question, 'The user is frozen.', 'Find out why, then Setup › Users › Unfreeze.')
          : yes(question, 'The user is active and not frozen.'),
      )
    : no(question, 'The user is deactivated.', 'Activate the user, or use another.')
  const api = 'May the user use APIs?'
  const hours = 'Are there login hours?'
  const profile = profileOf(user, facts)
  return [
    active,
    ask(api, user.permissions, (held) =>
      held.includes('ApiEnabled') || held.includes('ApiUserOnly')
        ? yes(api, 'The user has “API Enabled”.')
        : no(api, 'The user lacks “API Enabled”.', `Give it by a permission set to ${username}.`),
    ),
    profile === null
      ? open(hours, 'The profile of the user was not read.')
      : ask(hours, profile.loginHours, (limited) =>
          limited
            ? open(
                hours,
                `The profile ${profile.name} has login hours: outside of them it is refused.`,
                'Compare the hour of the refusal with Setup › Profiles › Login Hours.',
              )
            : yes(hours, `The profile ${profile.name} has none.`),
        ),
  ]
}

export const profileOf = (user: UserFact, { profiles }: Facts): ProfileFact | null =>
  profiles.is === 'known' ? (profiles.value.find(({ id }) => id === user.profileId) ?? null) : null
