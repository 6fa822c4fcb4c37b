import {
  type ClusterView,
  PodDeleted,
  PodLabelled,
  PodMarkedForDeletion,
  patchObject,
  selects,
} from '@wavetank/cluster'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { endpointOf, identityOf } from '../../packages/controllers/src/endpoint-slice/endpoint.ts'
import { pod, reported, service, stage } from '../conformance/service-stage.ts'
import { type Act, create } from '../conformance/stage.ts'
import { check } from './check.ts'

/**
 * The controller looks at what has changed. Whatever happens, its slices come to hold what a look at everything says.
 */

const PODS = 9
const name = (n: number): string => `web-${n}`
const key = (n: number): string => `shop/${name(n)}`
const one = fc.nat(PODS - 1)
const labels = fc.constantFrom<Readonly<Record<string, string>>>(
  { app: 'a' },
  { app: 'a', tier: 'x' },
  { app: 'b' },
  {},
)

/** Something happens to a pod that is there, or nothing. */
const toPod =
  (n: number, act: Act): Act =>
  (view, at) =>
    view.pods.has(key(n)) ? act(view, at) : []

const happening: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(one, labels).map(
    ([n, own]): Act =>
      (view, at) =>
        view.pods.has(key(n)) ? [] : pod(name(n), { labels: own })(view, at),
  ),
  {
    weight: 4,
    arbitrary: fc
      .record({
        n: one,
        ready: fc.boolean(),
        ip: fc.nat(3),
        phase: fc.constantFrom('Running', 'Running', 'Running', 'Succeeded'),
      })
      .map(({ n, ready, ip, phase }) =>
        toPod(n, () => [
          reported(name(n), {
            ready: ready && phase === 'Running',
            ip: `10.244.${ip}.${n}`,
            phase: phase as 'Running',
          }),
        ]),
      ),
  },
  one.map((n) => toPod(n, () => [PodMarkedForDeletion({ pod: key(n), graceSeconds: 30 })])),
  { weight: 2, arbitrary: one.map((n) => toPod(n, () => [PodDeleted({ pod: key(n) })])) },
  fc.tuple(one, labels).map(([n, own]) => toPod(n, () => [PodLabelled({ pod: key(n), labels: own })])),
  fc.tuple(fc.constantFrom('first', 'second'), fc.constantFrom('a', 'b')).map(
    ([target, app]): Act =>
      (view) => {
        const update = patchObject(view, { kind: 'Service', namespace: 'shop', name: target }, 'merge', {
          spec: { selector: { app } },
        })
        return isLeft(update) ? [] : update.right
      },
  ),
  fc.boolean().map(
    (publishNotReadyAddresses): Act =>
      (view) => {
        const update = patchObject(view, { kind: 'Service', namespace: 'shop', name: 'first' }, 'merge', {
          spec: { publishNotReadyAddresses },
        })
        return isLeft(update) ? [] : update.right
      },
  ),
)

const wantedBy = (view: ClusterView, serviceKey: string): readonly string[] => {
  const found = view.services.get(serviceKey)!
  return [...view.pods.values()]
    .filter(({ labels: own }) => found.selector !== undefined && selects(found.selector, own))
    .flatMap((one) => endpointOf(view, found, one) ?? [])
    .map((endpoint) => `${identityOf(endpoint)} ${JSON.stringify(endpoint.conditions)}`)
    .sort()
}

const heldFor = (view: ClusterView, serviceKey: string): readonly string[] =>
  [...(view.slicesByService.get(serviceKey) ?? [])]
    .flatMap(({ endpoints }) => endpoints)
    .map((endpoint) => `${identityOf(endpoint)} ${JSON.stringify(endpoint.conditions)}`)
    .sort()

it('every pod of a Service is in one of its slices, as it is, and no other', () => {
  check(
    fc.property(
      fc.tuple(
        fc.array(fc.tuple(fc.constantFrom(0, 0, 0, 1), happening), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(1, 2, 3, 100),
      ),
      ([happenings, max]) => {
        let second = 1
        const acts = happenings.map(([wait, act]): readonly [number, Act] => {
          second += wait
          return [second, act]
        })
        const services = create(
          service('first', { selector: { app: 'a' } }),
          service('second', { selector: { app: 'a', tier: 'x' } }),
        )
        const flags = { 'max-endpoints-per-slice': max }
        const { view } = stage([[0, services], ...acts], { flags, until: second + 30 })
        for (const serviceKey of ['shop/first', 'shop/second']) {
          expect(heldFor(view, serviceKey)).toEqual(wantedBy(view, serviceKey))
          const slices = [...(view.slicesByService.get(serviceKey) ?? [])]
          expect(slices.length).toBeGreaterThan(0)
          for (const { endpoints } of slices) {
            expect(endpoints.length).toBeLessThanOrEqual(max)
            // Only a Service without endpoints has an empty slice.
            if (slices.length > 1) expect(endpoints.length).toBeGreaterThan(0)
          }
        }
      },
    ),
  )
}, 30_000)
