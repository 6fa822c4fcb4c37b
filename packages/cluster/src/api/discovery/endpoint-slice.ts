import type * as t from 'io-ts'
import { dnsLabelProblems } from '../../names.ts'
import type { Codec, JsonObject } from '../codec.ts'
import {
  anything,
  defaulted,
  defaultedZero,
  flag,
  fullList,
  integer,
  isObject,
  list,
  optional,
  present,
  struct,
  text,
  textMap,
  words,
} from '../codec.ts'
import { ObjectReference } from '../core/persistent-volume.ts'
import { defineKind } from '../define-kind.ts'
import { NAME_RULES, ObjectMeta } from '../meta/object-meta.ts'
import { complain, duplicate, tooMany, within } from '../trail.ts'

const endpoint = struct('Endpoint', {
  addresses: fullList(text),
  conditions: present(
    struct('EndpointConditions', {
      ready: optional(flag),
      serving: optional(flag),
      terminating: optional(flag),
    }),
  ),
  hostname: optional(text),
  targetRef: optional(ObjectReference),
  nodeName: optional(text),
  zone: optional(text),
  hints: optional(anything),
  deprecatedTopology: optional(textMap),
})
export interface Endpoint extends t.TypeOf<typeof endpoint> {}
export const Endpoint: Codec<Endpoint> = endpoint

const endpointPort = struct('EndpointPort', {
  name: defaulted(text, ''),
  protocol: defaulted(words('TCP', 'UDP', 'SCTP'), 'TCP'),
  port: optional(integer),
  appProtocol: optional(text),
})
export interface EndpointPort extends t.TypeOf<typeof endpointPort> {}
export const EndpointPort: Codec<EndpointPort> = endpointPort

const endpointSlice = struct('EndpointSlice', {
  apiVersion: words('discovery.k8s.io/v1'),
  kind: words('EndpointSlice'),
  metadata: ObjectMeta,
  addressType: defaultedZero(words('IPv4', 'IPv6', 'FQDN'), 'IPv4'),
  endpoints: defaulted(list(Endpoint), []),
  ports: optional(list(EndpointPort)),
})
export interface EndpointSlice extends t.TypeOf<typeof endpointSlice> {}
export const EndpointSlice: Codec<EndpointSlice> = endpointSlice

const ENDPOINTS_MAX = 1000

/** Node and zone were entries of a map (`pkg/apis/discovery/v1beta1/conversion.go`). */
const fromV1Beta1 = (object: JsonObject): JsonObject => {
  if (!Array.isArray(object.endpoints)) return object
  const endpoints = object.endpoints.map((own: unknown) => {
    if (!isObject(own) || !isObject(own.topology)) return own
    const { topology, ...rest } = own
    const {
      'kubernetes.io/hostname': nodeName,
      'topology.kubernetes.io/zone': zone,
      ...others
    } = topology as JsonObject
    return {
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(zone === undefined ? {} : { zone }),
      ...(Object.keys(others).length === 0 ? {} : { deprecatedTopology: others }),
      ...rest,
    }
  })
  return { ...object, endpoints }
}

export const endpointSliceKind = defineKind<EndpointSlice>({
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  codec: EndpointSlice,
  nameRule: NAME_RULES.subdomain,
  convert: { 'discovery.k8s.io/v1beta1': fromV1Beta1, 'discovery.k8s.io/v1alpha1': fromV1Beta1 },
  validate: (trail, { endpoints, ports = [] }) => {
    if (endpoints.length > ENDPOINTS_MAX) {
      within(trail, 'endpoints', () => tooMany(trail, endpoints.length, ENDPOINTS_MAX))
    }
    const names = new Set<string>()
    ports.forEach(({ name }, i) => {
      trail.steps.push('ports', i, 'name')
      if (name !== '') complain(trail, 'WT109', name, dnsLabelProblems(name))
      if (names.has(name)) duplicate(trail, name)
      names.add(name)
      trail.steps.length -= 3
    })
  },
})
