/** What the API server refuses in containers, in its words (`pkg/apis/core/validation/validation.go`). */
import { labelKeyProblems } from '../../labels.ts'
import { dnsLabelProblems, portNameProblems } from '../../names.ts'
import { quantityMillis, quantityWhole } from '../../quantity.ts'
import type { Trail } from '../trail.ts'
import {
  complain,
  duplicate,
  forbidden,
  invalid,
  nonNegative,
  notFound,
  notSupported,
  report,
  required,
  within,
} from '../trail.ts'
import type { Container, ContainerPort, EnvVar, ResourceRequirements, VolumeMount } from './container.ts'
import { isSidecar } from './container.ts'
import type { Lifecycle, Probe } from './probe.ts'

/** What the containers of one pod must not have in common, and what they may refer to. */
export interface PodNames {
  readonly volumes: ReadonlySet<string>
  readonly containers: Set<string>
  readonly hostPorts: Set<string>
  readonly hostNetwork: boolean
}

const validatePortNumber = (trail: Trail, step: string, port: number): void =>
  within(trail, step, () => {
    if (port < 1 || port > 65535) invalid(trail, 'WT116', port, 'must be between 1 and 65535, inclusive')
  })

const validatePorts = (trail: Trail, ports: readonly ContainerPort[], names: PodNames): void => {
  const own = new Set<string>()
  trail.steps.push('ports')
  for (let i = 0; i < ports.length; i += 1) {
    const { name, containerPort, hostPort, hostIP = '', protocol } = ports[i]!
    trail.steps.push(i)
    if (name !== undefined) {
      within(trail, 'name', () => {
        const problems = portNameProblems(name)
        complain(trail, 'WT109', name, problems)
        if (problems.length > 0) return
        if (own.has(name)) duplicate(trail, name)
        own.add(name)
      })
    }
    if (containerPort === 0) within(trail, 'containerPort', () => required(trail))
    else validatePortNumber(trail, 'containerPort', containerPort)
    if (hostPort !== undefined) {
      validatePortNumber(trail, 'hostPort', hostPort)
      const taken = `${protocol}/${hostIP}/${hostPort}`
      if (names.hostPorts.has(taken)) within(trail, 'hostPort', () => duplicate(trail, taken))
      names.hostPorts.add(taken)
      if (names.hostNetwork && hostPort !== containerPort) {
        within(trail, 'containerPort', () =>
          invalid(trail, 'WT104', containerPort, 'must match `hostPort` when `hostNetwork` is true'),
        )
      }
    }
    trail.steps.pop()
  }
  trail.steps.pop()
}

const validateEnv = (trail: Trail, env: readonly EnvVar[]): void => {
  trail.steps.push('env')
  for (let i = 0; i < env.length; i += 1) {
    const { name, value, valueFrom } = env[i]!
    trail.steps.push(i)
    if (name !== '' && !/^[ -<>-~]+$/.test(name)) {
      within(trail, 'name', () =>
        invalid(
          trail,
          'WT109',
          name,
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
        ),
      )
    }
    if (valueFrom !== undefined) {
      within(trail, 'valueFrom', () => {
        const sources = Object.values(valueFrom).filter((source) => source !== undefined).length
        if (sources === 0) {
          invalid(
            trail,
            'WT104',
            '',
            'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
          )
        } else if (value !== undefined) {
          invalid(trail, 'WT104', '', 'may not be specified when `value` is not empty')
        } else if (sources > 1) invalid(trail, 'WT104', '', 'may not have more than one field specified at a time')
      })
    }
    trail.steps.pop()
  }
  trail.steps.pop()
}

const validateMounts = (trail: Trail, mounts: readonly VolumeMount[], volumes: ReadonlySet<string>): void => {
  const paths = new Set<string>()
  trail.steps.push('volumeMounts')
  for (let i = 0; i < mounts.length; i += 1) {
    const { name, mountPath, subPath, subPathExpr } = mounts[i]!
    trail.steps.push(i)
    if (name !== '' && !volumes.has(name)) within(trail, 'name', () => notFound(trail, name))
    if (mountPath !== '' && paths.has(mountPath)) {
      within(trail, 'mountPath', () => invalid(trail, 'WT106', mountPath, 'must be unique'))
    }
    paths.add(mountPath)
    if (subPath !== undefined && subPathExpr !== undefined) {
      within(trail, 'subPathExpr', () =>
        invalid(trail, 'WT107', subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
      )
    }
    trail.steps.pop()
  }
  trail.steps.pop()
}

// --- probes and handlers ---------------------------------------------------------------------------------------------

interface Handlers {
  readonly exec?: { readonly command?: readonly string[] }
  readonly httpGet?: { readonly path: string; readonly port: number | string }
  readonly tcpSocket?: { readonly port: number | string }
  readonly grpc?: { readonly port: number }
  readonly sleep?: { readonly seconds: number }
}
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const

const validatePort = (trail: Trail, port: number | string): void =>
  within(trail, 'port', () => {
    if (typeof port === 'string') complain(trail, 'WT109', port, portNameProblems(port))
    else if (port < 1 || port > 65535) invalid(trail, 'WT116', port, 'must be between 1 and 65535, inclusive')
  })

const validateHandlers = (trail: Trail, handlers: Handlers, grace: number | undefined): void => {
  let count = 0
  for (const name of HANDLERS) {
    if (handlers[name] === undefined) continue
    count += 1
    trail.steps.push(name)
    if (count > 1) report(trail, 'WT118', 'Forbidden: may not specify more than 1 handler type')
    else if (name === 'exec') {
      if ((handlers.exec?.command ?? []).length === 0) within(trail, 'command', () => required(trail))
    } else if (name === 'sleep') {
      const { seconds } = handlers.sleep!
      const max = grace ?? Number.MAX_SAFE_INTEGER
      if (seconds < 0 || seconds > max) {
        invalid(trail, 'WT116', seconds, `must be non-negative and less than terminationGracePeriodSeconds (${max})`)
      }
    } else validatePort(trail, handlers[name]!.port)
    trail.steps.pop()
  }
  if (count === 0) report(trail, 'WT118', 'Required value: must specify a handler type')
}

type ProbeName = 'livenessProbe' | 'readinessProbe' | 'startupProbe'

const validateProbe = (trail: Trail, name: ProbeName, probe: Probe | undefined, grace: number | undefined): void => {
  if (probe === undefined) return
  trail.steps.push(name)
  validateHandlers(trail, probe, grace)
  nonNegative(trail, 'initialDelaySeconds', probe.initialDelaySeconds)
  nonNegative(trail, 'timeoutSeconds', probe.timeoutSeconds)
  nonNegative(trail, 'periodSeconds', probe.periodSeconds)
  nonNegative(trail, 'successThreshold', probe.successThreshold)
  nonNegative(trail, 'failureThreshold', probe.failureThreshold)
  const own = probe.terminationGracePeriodSeconds
  if (name === 'readinessProbe') {
    if (own !== undefined) {
      within(trail, 'terminationGracePeriodSeconds', () =>
        invalid(trail, 'WT118', own, 'must not be set for readinessProbes'),
      )
    }
  } else {
    if (own !== undefined && own <= 0) {
      within(trail, 'terminationGracePeriodSeconds', () => invalid(trail, 'WT116', own, 'must be greater than 0'))
    }
    if (probe.successThreshold !== 1) {
      within(trail, 'successThreshold', () => invalid(trail, 'WT118', probe.successThreshold, 'must be 1'))
    }
  }
  trail.steps.pop()
}

const validateLifecycle = (trail: Trail, lifecycle: Lifecycle | undefined, grace: number | undefined): void => {
  if (lifecycle === undefined) return
  trail.steps.push('lifecycle')
  const { postStart, preStop } = lifecycle
  if (postStart !== undefined) within(trail, 'postStart', () => validateHandlers(trail, postStart, grace))
  if (preStop !== undefined) within(trail, 'preStop', () => validateHandlers(trail, preStop, grace))
  trail.steps.pop()
}

// --- resources -------------------------------------------------------------------------------------------------------

const CONTAINER_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])
const STANDARD_RESOURCES: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

const isHugePages = (resource: string): boolean => resource.startsWith('hugepages-')

/** Extended resources and hugepages cannot be promised twice. */
const isOvercommitAllowed = (resource: string): boolean => !resource.includes('/') && !isHugePages(resource)

const validateResourceName = (trail: Trail, resource: string): void => {
  if (CONTAINER_RESOURCES.has(resource) || isHugePages(resource)) return
  complain(trail, 'WT114', resource, labelKeyProblems(resource))
  if (resource.includes('/')) return
  if (!STANDARD_RESOURCES.has(resource)) {
    invalid(trail, 'WT114', resource, 'must be a standard resource type or fully qualified')
  }
  invalid(trail, 'WT114', resource, 'must be a standard resource for containers')
}

/** `ValidateResourceQuantityValue`, at the place of the amount. */
export const validateAmount = (trail: Trail, resource: string, quantity: string): void => {
  const millis = quantityMillis(quantity)
  if (millis < 0) invalid(trail, 'WT114', quantity, 'must be greater than or equal to 0')
  else if (!isOvercommitAllowed(resource) && millis % 1000 !== 0)
    invalid(trail, 'WT114', quantity, 'must be an integer')
}

/** True if `a` is more than `b`; whole units decide where thousandths would be too many to count. */
const exceeds = (a: string, b: string): boolean => {
  const whole = quantityWhole(a) - quantityWhole(b)
  return whole === 0 ? quantityMillis(a) > quantityMillis(b) : whole > 0
}
const differs = (a: string, b: string): boolean => exceeds(a, b) || exceeds(b, a)

/** `ValidateContainerResourceRequirements`, at the place of `resources`. */
export const validateResources = (trail: Trail, { limits, requests }: ResourceRequirements): void => {
  let hugePages = false
  let cpuOrMemory = false
  const see = (resource: string): void => {
    if (isHugePages(resource)) hugePages = true
    if (resource === 'cpu' || resource === 'memory') cpuOrMemory = true
  }
  for (const resource in limits) {
    see(resource)
    trail.steps.push('limits', { key: resource })
    validateResourceName(trail, resource)
    validateAmount(trail, resource, limits[resource]!)
    trail.steps.length -= 2
  }
  for (const resource in requests) {
    see(resource)
    const asked = requests[resource]!
    trail.steps.push('requests', { key: resource })
    validateResourceName(trail, resource)
    validateAmount(trail, resource, asked)
    trail.steps.pop()
    const limit = limits?.[resource]
    if (limit === undefined) {
      if (!isOvercommitAllowed(resource)) {
        trail.steps[trail.steps.length - 1] = 'limits'
        required(trail, 'Limit must be set for non overcommitable resources')
      }
    } else if (!isOvercommitAllowed(resource)) {
      if (differs(asked, limit)) invalid(trail, 'WT115', asked, `must be equal to ${resource} limit of ${limit}`)
    } else if (exceeds(asked, limit)) {
      invalid(trail, 'WT115', asked, `must be less than or equal to ${resource} limit of ${limit}`)
    }
    trail.steps.pop()
  }
  if (hugePages && !cpuOrMemory) forbidden(trail, 'HugePages require cpu or memory')
}

// --- containers ------------------------------------------------------------------------------------------------------

const validateCommon = (trail: Trail, container: Container, names: PodNames): void => {
  const { name, image } = container
  if (name !== '') {
    within(trail, 'name', () => {
      complain(trail, 'WT109', name, dnsLabelProblems(name))
      if (names.containers.has(name)) duplicate(trail, name)
    })
    names.containers.add(name)
  }
  if (image === '') within(trail, 'image', () => required(trail))
  else if (image !== image.trim()) {
    within(trail, 'image', () => invalid(trail, 'WT104', image, 'must not have leading or trailing whitespace'))
  }
  if (container.ports !== undefined) validatePorts(trail, container.ports, names)
  if (container.env !== undefined) validateEnv(trail, container.env)
  if (container.volumeMounts !== undefined) validateMounts(trail, container.volumeMounts, names.volumes)
  trail.steps.push('resources')
  validateResources(trail, container.resources)
  trail.steps.pop()
}

/** Regular containers; `grace` is the pod's termination grace period in seconds. */
export const validateContainers = (
  trail: Trail,
  containers: readonly Container[],
  names: PodNames,
  grace: number | undefined,
): void => {
  trail.steps.push('containers')
  for (let i = 0; i < containers.length; i += 1) {
    const container = containers[i]!
    trail.steps.push(i)
    validateCommon(trail, container, names)
    validateLifecycle(trail, container.lifecycle, grace)
    validateProbe(trail, 'livenessProbe', container.livenessProbe, grace)
    validateProbe(trail, 'readinessProbe', container.readinessProbe, grace)
    validateProbe(trail, 'startupProbe', container.startupProbe, grace)
    if (container.restartPolicy !== undefined) {
      within(trail, 'restartPolicy', () => forbidden(trail, 'may not be set for non-init containers'))
    }
    trail.steps.pop()
  }
  trail.steps.pop()
}

/** Init containers; only sidecars may have probes and lifecycle hooks. */
export const validateInitContainers = (
  trail: Trail,
  containers: readonly Container[],
  names: PodNames,
  grace: number | undefined,
): void => {
  trail.steps.push('initContainers')
  for (let i = 0; i < containers.length; i += 1) {
    const container = containers[i]!
    trail.steps.push(i)
    // Init containers run one after the other, so they may bind the same host port.
    validateCommon(trail, container, { ...names, hostPorts: new Set() })
    if (container.restartPolicy !== undefined && !isSidecar(container)) {
      within(trail, 'restartPolicy', () => notSupported(trail, container.restartPolicy, ['Always']))
    }
    if (isSidecar(container)) {
      validateLifecycle(trail, container.lifecycle, grace)
      validateProbe(trail, 'livenessProbe', container.livenessProbe, grace)
      validateProbe(trail, 'readinessProbe', container.readinessProbe, grace)
      validateProbe(trail, 'startupProbe', container.startupProbe, grace)
    } else {
      for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
        if (container[field] === undefined) continue
        within(trail, field, () => forbidden(trail, 'may not be set for init containers without restartPolicy=Always'))
      }
    }
    trail.steps.pop()
  }
  trail.steps.pop()
}
