import { fingerprint, type SimEvent } from '@wavetank/kernel'
import type { PodSpec } from '../api/core/pod-spec.ts'
import { canonicalJson } from '../api/intern.ts'
import { SUFFIX_ALPHABET } from '../names.ts'
import type { Labels } from '../object/meta.ts'
import { PodTemplateRecorded } from '../pod/events.ts'
import type { ClusterView } from '../tables.ts'

/** A pod template before it has a hash. */
export interface TemplateContent {
  readonly labels: Labels
  readonly annotations: Labels
  readonly finalizers: readonly string[]
  readonly spec: PodSpec
}

/** In the letters that Kubernetes uses for hashes (`SafeEncodeString`), most significant last. */
const safeEncode = (n: number): string => {
  let text = ''
  for (let rest = n; rest > 0 || text === ''; rest = Math.floor(rest / 27)) text += SUFFIX_ALPHABET[rest % 27]
  return text
}

const hashes = new WeakMap<object, string>()

/** Names a template by what is in it: equal templates share one. */
export const templateHash = (content: TemplateContent): string => {
  let hash = hashes.get(content)
  if (hash === undefined) {
    const { labels, annotations, finalizers, spec } = content
    hash = safeEncode(fingerprint(canonicalJson([labels, annotations, finalizers, spec]))).slice(0, 10)
    hashes.set(content, hash)
  }
  return hash
}

/** The event that makes the template known, unless it is. */
export const recordTemplate = (view: ClusterView, content: TemplateContent): readonly SimEvent[] => {
  const template = templateHash(content)
  if (view.templates.has(template)) return []
  const { labels, annotations, finalizers, spec } = content
  return [
    PodTemplateRecorded({
      template,
      labels,
      annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
      finalizers: finalizers.length === 0 ? undefined : finalizers,
      spec: spec as unknown as Record<string, unknown>,
    }),
  ]
}
