import type { PodSpec } from '@wavetank/cluster'
import { definePlugin, MAX_NODE_SCORE, type NodeView, type PodView, specOf } from '../plugin.ts'

const MEBIBYTE = 1024 * 1024
const LEAST = 23 * MEBIBYTE
const MOST_PER_CONTAINER = 1000 * MEBIBYTE

/** With `:latest` where there is neither tag nor digest. Source: imagelocality/image_locality.go, normalizedImageName. */
export const normalizedImage = (image: string): string =>
  image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image

const known = new WeakMap<PodSpec, readonly string[]>()

/** Images of init and regular containers, one for each container. */
export const imagesOf = (pod: PodView): readonly string[] => {
  const spec = specOf(pod)
  let images = known.get(spec)
  if (images === undefined) {
    images = [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => normalizedImage(image))
    known.set(spec, images)
  }
  return images
}

/** From the sum over containers to a score. Source: imagelocality/image_locality.go, calculatePriority. */
export const localityScore = (bytes: number, containers: number): number => {
  const most = MOST_PER_CONTAINER * containers
  const sum = Math.min(Math.max(bytes, LEAST), most)
  return Math.floor((MAX_NODE_SCORE * (sum - LEAST)) / (most - LEAST))
}

/** Bytes of an image, less the fewer nodes have it, so that pods do not heap up on one. */
export const scaledBytes = (bytes: number, nodesHavingIt: number, totalNodes: number): number =>
  Math.floor(bytes * (nodesHavingIt / totalNodes))

/** Bytes of a node’s image, by either way of writing its name. */
export const imageBytes = (node: NodeView, image: string): number | undefined => {
  const exact = node.images.get(image)
  if (exact !== undefined) return exact
  return image.endsWith(':latest') ? node.images.get(image.slice(0, -':latest'.length)) : undefined
}

/** Source: pkg/scheduler/framework/plugins/imagelocality/image_locality.go. */
export const imageLocality = definePlugin<undefined, undefined, ReadonlyMap<string, number>>({
  name: 'ImageLocality',
  doc: 'Prefers nodes that have the pod’s images already.',
  defaultArgs: undefined,
  weight: 1,
  preScore: ({ pod, snapshot }) => {
    const having = new Map<string, number>()
    for (const image of imagesOf(pod)) {
      if (having.has(image)) continue
      let count = 0
      for (const { node } of snapshot.nodes) if (imageBytes(node, image) !== undefined) count++
      having.set(image, count)
    }
    return { state: having }
  },
  score: ({ pod, snapshot }, { node }, having) => {
    const images = imagesOf(pod)
    let sum = 0
    for (const image of images) {
      const bytes = imageBytes(node, image)
      if (bytes !== undefined) sum += scaledBytes(bytes, having.get(image)!, snapshot.nodes.length)
    }
    return localityScore(sum, images.length)
  },
})
