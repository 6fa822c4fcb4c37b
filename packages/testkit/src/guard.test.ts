import { expect, it } from 'vitest'
import { guard } from './guard.ts'

const pod = { name: 'a', labels: { app: 'web' }, ips: ['10.0.0.9', '10.0.0.1'] }
const view = { pods: new Map([['a', pod]]), chosen: new Set([pod]) }

it('reads like what it guards', () => {
  const shown = guard(view)
  expect(shown.pods.get('a')?.labels.app).toBe('web')
  expect([...shown.pods.values()].map(({ name }) => name)).toEqual(['a'])
  expect([...shown.pods].length).toBe(1)
  expect(shown.chosen.has(shown.pods.get('a')!)).toBe(true)
  expect(shown.pods.get('a')).toBe([...shown.chosen][0])
  expect(JSON.stringify(shown.pods.get('a'))).toBe(JSON.stringify(pod))
  expect(shown.pods.get('a')?.ips.map((ip) => ip.length)).toEqual([8, 8])
})

it('throws when it is written to, at any depth', () => {
  const shown = guard(view)
  const one = shown.pods.get('a')!
  const writes = [
    () => shown.pods.set('b', pod),
    () => shown.pods.delete('a'),
    () => shown.chosen.clear(),
    () => {
      one.name = 'b'
    },
    () => {
      one.labels.app = 'b'
    },
    () => Object.assign(one.labels, { x: 'y' }),
    () => one.ips.push('10.0.0.2'),
    () => one.ips.sort(),
    () => Reflect.deleteProperty(one, 'name'),
    () => Object.freeze(one),
  ]
  for (const write of writes) expect(write).toThrow('what is only shown was written to')
  expect(view.pods.size).toBe(1)
  expect(pod).toEqual({ name: 'a', labels: { app: 'web' }, ips: ['10.0.0.9', '10.0.0.1'] })
})
