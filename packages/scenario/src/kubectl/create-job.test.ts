import { isLeft, isRight, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseKubectlCommand } from './parse-command.ts'

const read = (line: string) => parseKubectlCommand(line, { objectsOf: () => left({ code: 'WT004', message: 'no' }) })

describe('create job', () => {
  it.each<[string, unknown]>([
    [
      'create job by-hand --from=cronjob/nightly',
      { verb: 'create job', namespace: 'default', name: 'by-hand', source: { from: 'nightly' } },
    ],
    [
      '-n shop create job by-hand --from cj/nightly',
      { verb: 'create job', namespace: 'shop', name: 'by-hand', source: { from: 'nightly' } },
    ],
    [
      'create job once --image=busybox -- date -u',
      { verb: 'create job', namespace: 'default', name: 'once', source: { image: 'busybox', command: ['date', '-u'] } },
    ],
  ])('reads %s', (line, command) => {
    const result = read(line)
    expect(isRight(result) ? result.right : result.left).toEqual(command)
  })

  it.each([
    ['create job --from=cronjob/nightly', 'the name of the job is missing'],
    ['create job a', 'either --image or --from must be specified'],
    ['create job a --image=b --from=cj/c', 'either --image or --from must be specified'],
    ['create job a --from=job/nightly', 'from must be an existing cronjob'],
    ['create job a --from=nightly', 'from must be an existing cronjob'],
    ['create job a --from=cj/nightly -- date', 'cannot specify --from and command'],
    ['create job A_b --image=c', 'the name "A_b": a lowercase RFC 1123 subdomain'],
    ['create --from=cj/nightly', 'unknown flag: --from'],
    ['apply --from=cj/nightly', 'unknown flag: --from'],
  ])('refuses %s', (line, message) => {
    const result = read(line)
    const problems = isLeft(result) ? result.left : []
    expect(problems.map((problem) => problem.message).join('; ')).toContain(message)
  })
})
