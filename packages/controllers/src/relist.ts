import type { ClusterView } from '@wavetank/cluster'
import type { Emission, Entry, Scene } from '@wavetank/kernel'

/**
 * What a controller that starts makes of the objects that are there: its informers list them, and hand each of them to
 * the handlers that it has for new ones.
 *
 * Source: staging/src/k8s.io/client-go/tools/cache/shared_informer.go, AddEventHandler.
 */

type Handler<Own, Config, E> = (
  scene: Scene<ClusterView, Own, Config>,
  entry: Entry<E & { kind: string }>,
) => readonly Emission[]

const handed = <Own, Config, E>(
  scene: Scene<ClusterView, Own, Config>,
  entry: Entry,
  data: Iterable<E>,
  handler: Handler<Own, Config, E>,
): readonly Emission[] => {
  const emissions: Emission[] = []
  for (const one of data) {
    const found = handler(scene, { ...entry, event: { kind: entry.event.kind, ...one } })
    for (const emission of found) emissions.push(emission)
  }
  return emissions
}

/** Every object of a table. */
export const relistObjects =
  <Own, Config>(
    tableOf: (view: ClusterView) => ReadonlyMap<string, unknown>,
    handler: Handler<Own, Config, { readonly object: string }>,
  ) =>
  (scene: Scene<ClusterView, Own, Config>, entry: Entry): readonly Emission[] =>
    handed(
      scene,
      entry,
      [...tableOf(scene.view).keys()].map((object) => ({ object })),
      handler,
    )

/** Every pod. */
export const relistPods =
  <Own, Config>(handler: Handler<Own, Config, { readonly pod: string }>) =>
  (scene: Scene<ClusterView, Own, Config>, entry: Entry): readonly Emission[] =>
    handed(
      scene,
      entry,
      [...scene.view.pods.keys()].map((pod) => ({ pod })),
      handler,
    )

/** Every node. */
export const relistNodes =
  <Own, Config>(handler: Handler<Own, Config, { readonly node: string }>) =>
  (scene: Scene<ClusterView, Own, Config>, entry: Entry): readonly Emission[] =>
    handed(
      scene,
      entry,
      [...scene.view.nodes.keys()].map((node) => ({ node })),
      handler,
    )

type Relist<Own, Config> = (scene: Scene<ClusterView, Own, Config>, entry: Entry) => readonly Emission[]

/** One list after the other. */
export const relistAll =
  <Own, Config>(...lists: readonly Relist<Own, Config>[]): Relist<Own, Config> =>
  (scene, entry) =>
    lists.flatMap((list) => list(scene, entry))
