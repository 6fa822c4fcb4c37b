/** What the API server refuses in pods and templates, in its words (`pkg/apis/core/validation/validation.go`). */
import { labelKeyProblems, labelValueProblems } from '../../labels.ts'
import { dnsLabelProblems, dnsSubdomainProblems } from '../../names.ts'
import { formatBytes, formatMillis, quantityMillis, quantityWhole } from '../../quantity.ts'
import { validateLabelSelector } from '../meta/label-selector.ts'
import { validateAnnotations, validateLabels } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { complain, duplicate, forbidden, invalid, notSupported, report, required, within } from '../trail.ts'
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from './affinity.ts'
import type { ResourceRequirements } from './container.ts'
import type { PodNames } from './container-validation.ts'
import {
  validateAmount,
  validateContainers,
  validateInitContainers,
  validateResources,
} from './container-validation.ts'
import { aggregateContainers, isPodLevelResource } from './pod-resources.ts'
import type { PodSpec, PodTemplateSpec } from './pod-spec.ts'
import type { Volume } from './volume.ts'

const validateVolumes = (trail: Trail, volumes: readonly Volume[]): Set<string> => {
  const names = new Set<string>()
  trail.steps.push('volumes')
  for (let i = 0; i < volumes.length; i += 1) {
    const volume = volumes[i]!
    const { name } = volume
    trail.steps.push(i)
    if (name !== '') {
      within(trail, 'name', () => {
        complain(trail, 'WT109', name, dnsLabelProblems(name))
        if (names.has(name)) duplicate(trail, name)
      })
      names.add(name)
    }
    const sources = Object.keys(volume).filter((field) => field !== 'name')
    for (const source of sources.slice(1)) {
      within(trail, source, () => forbidden(trail, 'may not specify more than 1 volume type'))
    }
    trail.steps.pop()
  }
  trail.steps.pop()
  return names
}

/** `ValidateTolerations`, at the place of the list. */
export const validateTolerations = (trail: Trail, tolerations: readonly Toleration[]): void => {
  for (let i = 0; i < tolerations.length; i += 1) {
    const toleration = tolerations[i]!
    const { key, operator, value, effect, tolerationSeconds } = toleration
    trail.steps.push(i)
    if (key !== undefined) within(trail, 'key', () => complain(trail, 'WT110', key, labelKeyProblems(key)))
    trail.steps.push('operator')
    if (key === undefined && operator !== 'Exists') {
      invalid(
        trail,
        'WT104',
        operator ?? '',
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      )
    }
    if (operator === 'Exists') {
      if (value !== undefined) {
        invalid(trail, 'WT104', toleration, "value must be empty when `operator` is 'Exists'")
      }
    } else if (value !== undefined) {
      const problems = labelValueProblems(value)
      if (problems.length > 0) invalid(trail, 'WT110', value, problems.join(';'))
    }
    trail.steps.pop()
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      within(trail, 'effect', () =>
        invalid(trail, 'WT104', effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      )
    }
    trail.steps.pop()
  }
}

const validateNodeRequirements = (
  trail: Trail,
  step: 'matchExpressions' | 'matchFields',
  requirements: readonly NodeSelectorRequirement[] | undefined,
): void => {
  if (requirements === undefined) return
  trail.steps.push(step)
  for (let i = 0; i < requirements.length; i += 1) {
    const { key, operator, values = [] } = requirements[i]!
    trail.steps.push(i)
    trail.steps.push('values')
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) required(trail, "must be specified when `operator` is 'In' or 'NotIn'")
    } else if (operator === 'Gt' || operator === 'Lt') {
      if (values.length !== 1) required(trail, "must be specified single value when `operator` is 'Lt' or 'Gt'")
    } else if (values.length > 0) {
      forbidden(trail, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    }
    trail.steps.pop()
    trail.steps.push('key')
    if (step === 'matchExpressions') {
      if (key !== '') complain(trail, 'WT110', key, labelKeyProblems(key))
    } else if (key !== 'metadata.name') invalid(trail, 'WT104', key, 'not a valid field selector key')
    trail.steps.pop()
    trail.steps.pop()
  }
  trail.steps.pop()
}

const validateNodeTerm = (trail: Trail, term: NodeSelectorTerm): void => {
  validateNodeRequirements(trail, 'matchExpressions', term.matchExpressions)
  validateNodeRequirements(trail, 'matchFields', term.matchFields)
}

/** The terms of a required node affinity, at the place of `nodeSelectorTerms`. */
export const validateNodeTerms = (trail: Trail, terms: readonly NodeSelectorTerm[]): void => {
  for (let i = 0; i < terms.length; i += 1) within(trail, i, () => validateNodeTerm(trail, terms[i]!))
}

const validateWeight = (trail: Trail, weight: number): void => {
  if (weight < 1 || weight > 100) {
    within(trail, 'weight', () => invalid(trail, 'WT116', weight, 'must be in the range 1-100'))
  }
}

const validatePodAffinityTerm = (trail: Trail, term: PodAffinityTerm): void => {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey } = term
  if (labelSelector !== undefined) within(trail, 'labelSelector', () => validateLabelSelector(trail, labelSelector))
  if (namespaceSelector !== undefined) {
    within(trail, 'namespaceSelector', () => validateLabelSelector(trail, namespaceSelector))
  }
  namespaces.forEach((namespace) => {
    within(trail, 'namespace', () => complain(trail, 'WT109', namespace, dnsLabelProblems(namespace)))
  })
  if (topologyKey !== '') {
    within(trail, 'topologyKey', () => complain(trail, 'WT110', topologyKey, labelKeyProblems(topologyKey)))
  }
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'

const validatePodAffinity = (trail: Trail, affinity: PodAffinity): void => {
  affinity[REQUIRED]?.forEach((term, i) => {
    trail.steps.push(REQUIRED, i)
    validatePodAffinityTerm(trail, term)
    trail.steps.length -= 2
  })
  affinity[PREFERRED]?.forEach(({ weight, podAffinityTerm }, i) => {
    trail.steps.push(PREFERRED, i)
    validateWeight(trail, weight)
    within(trail, 'podAffinityTerm', () => validatePodAffinityTerm(trail, podAffinityTerm))
    trail.steps.length -= 2
  })
}

const validateAffinity = (trail: Trail, { nodeAffinity, podAffinity, podAntiAffinity }: Affinity): void => {
  if (nodeAffinity !== undefined) {
    within(trail, 'nodeAffinity', () => {
      const terms = nodeAffinity[REQUIRED]?.nodeSelectorTerms
      if (terms !== undefined) {
        trail.steps.push(REQUIRED, 'nodeSelectorTerms')
        validateNodeTerms(trail, terms)
        trail.steps.length -= 2
      }
      nodeAffinity[PREFERRED]?.forEach(({ weight, preference }, i) => {
        trail.steps.push(PREFERRED, i)
        validateWeight(trail, weight)
        within(trail, 'preference', () => validateNodeTerm(trail, preference))
        trail.steps.length -= 2
      })
    })
  }
  if (podAffinity !== undefined) within(trail, 'podAffinity', () => validatePodAffinity(trail, podAffinity))
  if (podAntiAffinity !== undefined) within(trail, 'podAntiAffinity', () => validatePodAffinity(trail, podAntiAffinity))
}

const validateSpread = (trail: Trail, constraints: readonly TopologySpreadConstraint[]): void => {
  const seen = new Set<string>()
  constraints.forEach(({ maxSkew, minDomains, topologyKey, whenUnsatisfiable, labelSelector }, i) => {
    trail.steps.push('topologySpreadConstraints', i)
    if (maxSkew <= 0) within(trail, 'maxSkew', () => invalid(trail, 'WT116', maxSkew, 'must be greater than zero'))
    if (minDomains !== undefined) {
      within(trail, 'minDomains', () => {
        if (minDomains <= 0) invalid(trail, 'WT116', minDomains, 'must be greater than zero')
        if (whenUnsatisfiable !== 'DoNotSchedule') {
          invalid(
            trail,
            'WT104',
            minDomains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
          )
        }
      })
    }
    if (topologyKey !== '') {
      within(trail, 'topologyKey', () => complain(trail, 'WT110', topologyKey, labelKeyProblems(topologyKey)))
      const pair = `{${topologyKey}, ${whenUnsatisfiable}}`
      if (seen.has(pair)) {
        within(trail, '{topologyKey, whenUnsatisfiable}', () => duplicate(trail, pair))
      }
      seen.add(pair)
    }
    if (labelSelector !== undefined) within(trail, 'labelSelector', () => validateLabelSelector(trail, labelSelector))
    trail.steps.length -= 2
  })
}

/** Resources of the pod as a whole: only some may be set, and never below what its containers ask for. */
const validatePodLevel = (trail: Trail, spec: PodSpec, resources: ResourceRequirements): void => {
  for (const field of ['limits', 'requests'] as const) {
    for (const resource in resources[field]) {
      if (isPodLevelResource(resource)) continue
      trail.steps.push(field, { key: resource })
      notSupported(trail, resource, ['cpu', 'hugepages-', 'memory'])
      trail.steps.length -= 2
    }
  }
  validateResources(trail, resources)
  const { requests } = resources
  for (const [resource, sum] of aggregateContainers(spec, 'requests')) {
    const own = requests?.[resource]
    if (own === undefined || !isPodLevelResource(resource)) continue
    if ((resource === 'cpu' ? quantityMillis(own) : quantityWhole(own)) >= sum) continue
    const printed = resource === 'cpu' ? formatMillis(sum) : formatBytes(sum)
    trail.steps.push('requests', { key: resource })
    invalid(trail, 'WT115', own, `must be greater than or equal to aggregate container requests of ${printed}`)
    trail.steps.length -= 2
  }
}

const INT32_MAX = 2147483647

const validateNames = (trail: Trail, spec: PodSpec): void => {
  const check = (step: keyof PodSpec & string, rule: (name: string) => readonly string[]): void => {
    const name = spec[step]
    if (typeof name === 'string') within(trail, step, () => complain(trail, 'WT109', name, rule(name)))
  }
  check('nodeName', dnsSubdomainProblems)
  check('hostname', dnsLabelProblems)
  check('subdomain', dnsLabelProblems)
  check('serviceAccountName', dnsSubdomainProblems)
  check('priorityClassName', dnsSubdomainProblems)
}

/** `ValidatePodSpec`; `claims` are names that may be mounted although no volume has them (StatefulSet). */
export const validatePodSpec = (trail: Trail, spec: PodSpec, claims: readonly string[] = []): void => {
  const volumes = validateVolumes(trail, spec.volumes ?? [])
  for (const claim of claims) volumes.add(claim)
  const names: PodNames = {
    volumes,
    containers: new Set(),
    hostPorts: new Set(),
    hostNetwork: spec.hostNetwork === true,
  }
  const grace = spec.terminationGracePeriodSeconds
  validateContainers(trail, spec.containers, names, grace)
  if (spec.initContainers !== undefined) validateInitContainers(trail, spec.initContainers, names, grace)
  validateLabels(trail, 'nodeSelector', spec.nodeSelector)
  validateNames(trail, spec)
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > INT32_MAX)) {
    within(trail, 'activeDeadlineSeconds', () =>
      invalid(trail, 'WT116', deadline, `must be between 1 and ${INT32_MAX}, inclusive`),
    )
  }
  if (spec.affinity !== undefined) within(trail, 'affinity', () => validateAffinity(trail, spec.affinity!))
  if (spec.tolerations !== undefined) within(trail, 'tolerations', () => validateTolerations(trail, spec.tolerations!))
  if (spec.topologySpreadConstraints !== undefined) validateSpread(trail, spec.topologySpreadConstraints)
  const { overhead, schedulingGates, resources } = spec
  for (const resource in overhead) {
    trail.steps.push('overhead', { key: resource })
    validateAmount(trail, resource, overhead[resource]!)
    trail.steps.length -= 2
  }
  if (resources !== undefined) within(trail, 'resources', () => validatePodLevel(trail, spec, resources))
  if (schedulingGates !== undefined) {
    const seen = new Set<string>()
    schedulingGates.forEach(({ name }, i) => {
      trail.steps.push('schedulingGates', i)
      complain(trail, 'WT110', name, labelKeyProblems(name))
      if (seen.has(name)) duplicate(trail, name)
      seen.add(name)
      trail.steps.length -= 2
    })
    if (schedulingGates.length > 0 && spec.nodeName !== undefined) {
      within(trail, 'nodeName', () => forbidden(trail, 'cannot be set until all schedulingGates have been cleared'))
    }
  }
}

/** `ValidatePodTemplateSpec`, at the place of the template. */
export const validatePodTemplate = (trail: Trail, template: PodTemplateSpec, claims: readonly string[] = []): void => {
  within(trail, 'metadata', () => {
    validateLabels(trail, 'labels', template.metadata.labels)
    validateAnnotations(trail, template.metadata.annotations)
  })
  within(trail, 'spec', () => validatePodSpec(trail, template.spec, claims))
  if ((template.spec.ephemeralContainers ?? []).length > 0) {
    trail.steps.push('spec', 'ephemeralContainers')
    forbidden(trail, 'ephemeral containers not allowed in pod template')
    trail.steps.length -= 2
  }
}

/** Long-running workloads restart their containers always, and have no deadline. At the place of the template. */
export const validateAlwaysRestart = (trail: Trail, { spec }: PodTemplateSpec, kind: string): void => {
  trail.steps.push('spec')
  if (spec.restartPolicy !== 'Always') {
    within(trail, 'restartPolicy', () =>
      report(
        trail,
        'WT113',
        `Unsupported value: "${spec.restartPolicy}": supported values: "Always"`,
        'use a Job for work that ends',
      ),
    )
  }
  if (spec.activeDeadlineSeconds !== undefined) {
    within(trail, 'activeDeadlineSeconds', () => forbidden(trail, `activeDeadlineSeconds in ${kind} is not Supported`))
  }
  trail.steps.pop()
}
