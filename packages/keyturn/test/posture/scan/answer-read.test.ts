/** What is a reading of the new refresh token, and what only looks like one: the value sent, the holder of the old one, a key. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readsAnswer } from '../../../src/posture/scan/habits/answer-read.ts'
import { sourceOf } from '../../../src/posture/scan/habits/source.ts'

const reads: readonly (readonly [file: string, source: string])[] = [
  ['a.ts', 'save(answer.refresh_token)'],
  ['a.ts', 'save(answer?.refresh_token ?? old)'],
  ['a.ts', 'save((await ask()).refresh_token)'],
  ['a.ts', 'if (body.refresh_token) keep(body)'],
  ['a.ts', 'conn.refreshToken = res.refresh_token'],
  ['a.ts', "save(answer['refresh_token'])"],
  ['a.ts', "save(list[0]['refresh_token'])"],
  ['a.ts', 'const { access_token, refresh_token } = await ask()'],
  ['a.ts', 'const { refresh_token: fresh } = answer'],
  ['a.ts', 'const { data: { id }, refresh_token } = answer'],
  ['a.ts', 'ask().then(({ refresh_token }) => keep(refresh_token))'],
  ['a.ts', 'same = answer.refresh_token === old'],
  ['a.py', "store(response.json().get('refresh_token'))"],
  ['a.py', "fresh = data['refresh_token']"],
  ['a.py', "if 'x' == answer.refresh_token: pass"],
  ['a.rb', 'save(body[:refresh_token])'],
  ['a.rb', "save(body.fetch('refresh_token'))"],
  ['a.php', '<?php save($answer->refresh_token);'],
  ['a.php', "<?php save($answer['refresh_token']);"],
  ['A.java', 'class A { void f() { save(json.getString("refresh_token")); } }'],
  ['A.java', 'class A { @JsonProperty("refresh_token") String fresh; }'],
  ['A.cs', '[JsonPropertyName("refresh_token")] public string Fresh { get; set; }'],
  ['a.go', 'package a\ntype T struct { R string `json:"refresh_token,omitempty"` }'],
]

const readsNot: readonly (readonly [file: string, source: string])[] = [
  ['a.ts', "post({ grant_type: 'refresh_token', refresh_token: old })"],
  ['a.ts', 'post({ refresh_token: stored.value.refresh_token })'],
  ['a.ts', 'post({ refresh_token: token.refresh_token })'],
  ['a.ts', 'params.refresh_token = old'],
  ['a.ts', 'body.refresh_token = old'],
  ['a.ts', "body['refresh_token'] = old"],
  ['a.ts', 'send(config.refresh_token)'],
  ['a.ts', 'send(this.refresh_token)'],
  ['a.ts', "send(credentials['refresh_token'])"],
  ['a.ts', "const grants = ['refresh_token']"],
  ['a.ts', "const grants = [a, 'refresh_token', b]"],
  ['a.ts', "append('refresh_token', old)"],
  ['a.ts', "supports('refresh_token')"],
  ['a.ts', 'const body = { id, refresh_token }'],
  ['a.ts', 'send({ refresh_token })'],
  ['a.ts', 'const { refresh_token } = process.env'],
  ['a.ts', "// answer.refresh_token\nconst text = 'answer.refresh_token'"],
  ['a.py', "data = {'refresh_token': self.refresh_token}"],
  ['a.py', 'requests.post(url, data=dict(refresh_token=args.refresh_token))'],
  ['a.py', "old = config.get('refresh_token')"],
  ['a.rb', 'post(url, refresh_token: @options[:refresh_token])'],
  ['a.rb', 'post(url, :refresh_token => old)'],
  ['a.php', "<?php $body = ['refresh_token' => $old];"],
  ['a.go', 'package a\nfunc f() { v.Set("refresh_token", old) }'],
]

for (const [expected, cases] of [
  [true, reads],
  [false, readsNot],
] as const)
  for (const [file, source] of cases)
    test(`${expected ? 'reads' : 'does not read'} it: ${source.replaceAll('\n', ' ')}`, () => {
      const languages = {
        ts: 'javascript',
        py: 'python',
        rb: 'ruby',
        php: 'php',
        java: 'java',
        cs: 'csharp',
        go: 'go',
      } as const
      const language = languages[(file.split('.')[1] ?? 'ts') as keyof typeof languages]
      assert.equal(readsAnswer(sourceOf(file, language, source)), expected)
    })
