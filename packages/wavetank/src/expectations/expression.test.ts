import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { checkExpression, compileExpression } from './expression.ts'

const compiled = (text: string) => {
  const result = compileExpression(text)
  if (isLeft(result)) throw new Error(`${text}: ${result.left.message}`)
  return result.right
}

describe('an expression is refused', () => {
  it.each([
    ['podz.size() == 3', 0, 'unknown variable `podz`', 'did you mean `pods`?'],
    ['pods.size() == 3 && nodez.size() > 0', 20, 'unknown variable `nodez`', 'did you mean `nodes`?'],
    ['pod.status.phase == "Running"', 0, 'unknown variable `pod`', '`pod` finds one object by its name: `pod("…")`'],
    ['pods.all(p, q.status.phase == "Running")', 12, 'unknown variable `q`', undefined],
    ['pods.siz() == 3', 5, 'there is no function `siz`', 'did you mean `size`?'],
    ['redy(pod("a"))', 0, 'there is no function `redy`', 'did you mean `ready`?'],
    ['ready()', 0, '`ready` cannot be called as `ready()`', 'there is `ready(dyn)`'],
    [
      'select(pods, 3).size() == 1',
      0,
      '`select` cannot be called as `select(list<map<string, dyn>>, int)`',
      'there is `select(list<V>, string)`',
    ],
    ['pods.size() == "three"', 0, 'no such overload: int == string', undefined],
    ['pods.size() >', 13, 'Unexpected token: the end', undefined],
    ['(pods.size() > 3', 16, 'Expected `)`, got the end', undefined],
    ['pods.size() = 3', 12, 'Unexpected character: =', 'equality is `==`'],
    ['pods.size() > 1 & true', 16, 'Unexpected character: &', '`and` is `&&`'],
    [
      'pods.all(p, p.metadata.labels.`app.kubernetes.io/name` == "web")',
      30,
      'Unexpected character: `',
      'a field whose name is no word: `labels["app.kubernetes.io/name"]`',
    ],
    [
      'namespace("shop") != null',
      0,
      'Reserved identifier: namespace',
      'one namespace is `ns("…")`, all are `namespaces`',
    ],
    ['pods.size()', 0, 'the expression gives int, where true or false is expected', undefined],
    ['pods.where("app in web").size() > 0', 11, "unable to parse requirement: found 'web', expected: '('", undefined],
    [
      'select(nodes, "=x").size() > 0',
      14,
      "unable to parse requirement: found '=', expected: '!', identifier",
      undefined,
    ],
    [
      'has(pod("a").status.podIP)',
      4,
      '`has` takes a field of a variable: `has(p.status.podIP)`',
      'of what a function finds: `pod("…").?status.?podIP.hasValue()`',
    ],
    [
      'now.getHours("Europe/Paris") > 8',
      4,
      '`getHours` would depend on the time zones that this machine knows',
      'times are in UTC; only calls without a time zone are evaluated',
    ],
    [
      'now.getDayOfYear() > 8',
      4,
      '`getDayOfYear` would depend on the time zones that this machine knows',
      'times are in UTC; only calls without a time zone are evaluated',
    ],
    ['strictTimestamp("2025-01-01T00:00:00Z") < now', 0, 'there is no function `strictTimestamp`', undefined],
    ['"é\\n" == "" ||\n  podz.size() == 1', 17, 'unknown variable `podz`', 'did you mean `pods`?'],
  ])('%s', (text, offset, message, hint) => {
    expect(checkExpression(text)).toEqual({ message, offset, ...(hint === undefined ? {} : { hint }) })
  })

  it('without taking for ever', () => {
    expect(checkExpression('('.repeat(10_000))?.message).toContain('maxDepth')
    expect(checkExpression(`${'x'.repeat(100_000)}`)?.message).toContain('unknown variable')
  })
})

it('reads the kinds whose lists and lookups it names', () => {
  const readsOf = (text: string) => [...compiled(text).reads]
  expect(readsOf('pods.filter(p, p.metadata.labels.app == "web").size() == nodes.size()')).toEqual(['Pod', 'Node'])
  expect(readsOf('rc("web").status.replicas == 3 && rs("x") == null')).toEqual(['ReplicationController', 'ReplicaSet'])
  expect(readsOf('configmaps.exists(c, c.data.a == "1") || deploy("web") != null')).toEqual(['ConfigMap', 'Deployment'])
  expect(readsOf('t > duration("5m")')).toEqual([])
})

it('knows whether it reads the clock', () => {
  const readsClock = (text: string) => compiled(text).readsClock
  expect(['t > duration("5m")', 'now.getHours() > 8', 'pods.all(p, age(p) < duration("1m"))'].map(readsClock)).toEqual([
    true,
    true,
    true,
  ])
  expect(readsClock('pods.all(p, ready(p))')).toBe(false)
})

it('gives a problem with its place instead of a value where a field is missing', () => {
  expect(compiled('pod("shop/cart").status.phase == "Running"').evaluate()).toMatchObject({
    left: { message: 'there is no `status`', offset: 17 },
  })
})

it('gives a problem instead of a value that is not true or false', () => {
  expect(compiled('rc("web")').evaluate()).toMatchObject({ left: { message: expect.stringContaining('gives null') } })
})
