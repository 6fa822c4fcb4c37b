import {
  type DeepReadonly,
  POD_TEMPLATE_HASH,
  type PodTemplate,
  type TemplateContent,
  templateHash,
} from '@wavetank/cluster'
import { safeEncode } from '@wavetank/cluster/api'
import { fingerprint } from '@wavetank/kernel'

type TemplateView = DeepReadonly<PodTemplate> | TemplateContent

/** The template without the label that the controller adds for a ReplicaSet. */
export const withoutHash = ({ labels, annotations, finalizers, spec }: TemplateView): TemplateContent => {
  const { [POD_TEMPLATE_HASH]: _, ...rest } = labels
  return { labels: rest, annotations, finalizers, spec } as TemplateContent
}

const identities = new WeakMap<object, string>()

/** Equal for templates that differ in the label pod-template-hash alone. */
const identityOf = (template: TemplateView): string => {
  let identity = identities.get(template)
  if (identity === undefined) {
    const bare = POD_TEMPLATE_HASH in template.labels ? withoutHash(template) : (template as TemplateContent)
    identity = templateHash(bare)
    identities.set(template, identity)
  }
  return identity
}

/** Source: deployment_util.go, EqualIgnoreHash. */
export const sameTemplate = (a: TemplateView, b: TemplateView): boolean => identityOf(a) === identityOf(b)

/**
 * The value of pod-template-hash: 32 bits, each decimal digit a letter. Kubernetes hashes a dump of Go structures, so
 * the letters are others; what they are like, and when they are equal, is the same.
 *
 * Source: pkg/controller/controller_utils.go, ComputeHash.
 */
export const podTemplateHash = (template: TemplateView, collisionCount: number | undefined): string =>
  safeEncode(`${fingerprint(`${identityOf(template)} ${collisionCount ?? ''}`) % 4_294_967_296}`)

/** The template of the ReplicaSet: the Deployment's, with the label. */
export const withHash = ({ labels, annotations, finalizers, spec }: TemplateView, hash: string): TemplateContent =>
  ({ labels: { ...labels, [POD_TEMPLATE_HASH]: hash }, annotations, finalizers, spec }) as TemplateContent
