/** The line that says how a command is called: its arguments by name, its flags as one word. Of thirty flags nobody reads a line. */
interface Called {
  readonly usage?: string | string[] | undefined
  readonly args?: Readonly<Record<string, { readonly required?: boolean | undefined }>> | undefined
  readonly flags?: Readonly<Record<string, { readonly hidden?: boolean | undefined }>> | undefined
}

/** With oclif's placeholder for the command's own words. */
export const usageOf = ({ usage, args = {}, flags = {} }: Called): string => {
  if (typeof usage === 'string') return usage
  const names = Object.entries(args).map(([name, { required }]) =>
    required === true ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  )
  const flagged = Object.values(flags).some(({ hidden }) => hidden !== true)
  return ['<%= command.id %>', ...names, ...(flagged ? ['[FLAGS]'] : [])].join(' ')
}
