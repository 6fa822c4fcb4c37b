import type { DaemonSet, DeepReadonly, PodTemplate, TemplateContent, Toleration } from '@wavetank/cluster'

/**
 * What a DaemonSet's pods have beyond its template.
 *
 * Source: pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations, CreatePodTemplate.
 */

export const REVISION_HASH_LABEL = 'controller-revision-hash'
export const TEMPLATE_GENERATION_LABEL = 'pod-template-generation'

const exists = (key: string, effect: 'NoExecute' | 'NoSchedule'): Toleration => ({ key, operator: 'Exists', effect })

const TOLERATIONS: readonly Toleration[] = [
  exists('node.kubernetes.io/not-ready', 'NoExecute'),
  exists('node.kubernetes.io/unreachable', 'NoExecute'),
  exists('node.kubernetes.io/disk-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/memory-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/pid-pressure', 'NoSchedule'),
  exists('node.kubernetes.io/unschedulable', 'NoSchedule'),
]
const ON_HOST_NETWORK = exists('node.kubernetes.io/network-unavailable', 'NoSchedule')

/** Source: pkg/apis/core/v1/helper/helpers.go, AddOrUpdateTolerationInPodSpec; equal up to its seconds means replaced. */
const withToleration = (tolerations: readonly Toleration[], added: Toleration): readonly Toleration[] => {
  const isSame = ({ key, operator, value = '', effect }: Toleration): boolean =>
    key === added.key && operator === added.operator && value === '' && effect === added.effect
  return tolerations.some(isSame)
    ? tolerations.map((toleration) => (isSame(toleration) ? added : toleration))
    : [...tolerations, added]
}

const tolerations = new WeakMap<object, readonly Toleration[]>()

/** The tolerations of the template and those of every DaemonSet pod. */
export const daemonTolerations = (template: DeepReadonly<PodTemplate>): readonly Toleration[] => {
  let result = tolerations.get(template)
  if (result === undefined) {
    const { spec } = template
    const added = spec.hostNetwork === true ? [...TOLERATIONS, ON_HOST_NETWORK] : TOLERATIONS
    result = added.reduce(withToleration, (spec.tolerations ?? []) as readonly Toleration[])
    tolerations.set(template, result)
  }
  return result
}

const contents = new WeakMap<object, { readonly labels: string; readonly content: TemplateContent }>()

/** What every pod of the set is made from; the node it is for comes with each. */
export const podContent = (set: DeepReadonly<DaemonSet>, hash: string): TemplateContent => {
  const { template, templateGeneration } = set
  const labels = `${hash}/${templateGeneration}`
  const known = contents.get(template)
  if (known?.labels === labels) return known.content
  const content: TemplateContent = {
    labels: {
      ...template.labels,
      [REVISION_HASH_LABEL]: hash,
      [TEMPLATE_GENERATION_LABEL]: `${templateGeneration}`,
    },
    annotations: template.annotations,
    finalizers: template.finalizers,
    spec: { ...template.spec, tolerations: daemonTolerations(template) } as TemplateContent['spec'],
  }
  contents.set(template, { labels, content })
  return content
}

/** Made from the template that the set has now. Source: IsPodUpdated. */
export const isUpdated = (
  labels: Readonly<Record<string, string>>,
  hash: string,
  { templateGeneration }: DeepReadonly<Pick<DaemonSet, 'templateGeneration'>>,
): boolean => labels[REVISION_HASH_LABEL] === hash || labels[TEMPLATE_GENERATION_LABEL] === String(templateGeneration)
