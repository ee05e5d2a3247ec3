/**
 * Texts name commands as `keyturn … NAME`. Here they become what the reader can type: inside the Salesforce CLI
 * `sf keyturn …`, and with the name of the grant it is about, where there is one.
 */
export const ownCommands = (text: string, bin: string, name?: string): string =>
  text.replaceAll(/`keyturn( [^`]*)`/g, (_, rest: string) => {
    const named =
      name === undefined ? rest : rest.replace(/ NAME\b/, ` ${/^[\w.@-]+$/.test(name) ? name : JSON.stringify(name)}`)
    return `\`${bin}${named}\``
  })
