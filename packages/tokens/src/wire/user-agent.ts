/**
 * How Salesforce's login history names what Keyturn does (column Browser), so that its rows are told from a stranger's. No
 * version: nothing of the org's business, and help for whoever looks for an old one.
 */
export const userAgent = 'keyturn'
