import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import {
  anything,
  defaultedZero,
  integer,
  intOrString,
  list,
  omitEmpty,
  optional,
  requiredText,
  struct,
  text,
  words,
} from '../codec.ts'

const execAction = struct('ExecAction', { command: optional(list(text)) })

const httpGetAction = struct('HTTPGetAction', {
  path: defaultedZero(text, '/'),
  port: intOrString,
  host: omitEmpty(text),
  scheme: defaultedZero(words('HTTP', 'HTTPS'), 'HTTP'),
  httpHeaders: optional(list(struct('HTTPHeader', { name: requiredText, value: defaultedZero(text, '') }))),
})

const tcpSocketAction = struct('TCPSocketAction', { port: intOrString, host: omitEmpty(text) })

const grpcAction = struct('GRPCAction', { port: integer, service: defaultedZero(text, '') })

const probe = struct('Probe', {
  exec: optional(execAction),
  httpGet: optional(httpGetAction),
  tcpSocket: optional(tcpSocketAction),
  grpc: optional(grpcAction),
  initialDelaySeconds: omitEmpty(integer),
  timeoutSeconds: defaultedZero(integer, 1),
  periodSeconds: defaultedZero(integer, 10),
  successThreshold: defaultedZero(integer, 1),
  failureThreshold: defaultedZero(integer, 3),
  terminationGracePeriodSeconds: optional(integer),
})
/** All times in seconds; an absent `initialDelaySeconds` is 0. */
export interface Probe extends t.TypeOf<typeof probe> {}
export const Probe: Codec<Probe> = probe

const lifecycleHandler = struct('LifecycleHandler', {
  exec: optional(execAction),
  httpGet: optional(httpGetAction),
  tcpSocket: optional(tcpSocketAction),
  sleep: optional(struct('SleepAction', { seconds: integer })),
})
export interface LifecycleHandler extends t.TypeOf<typeof lifecycleHandler> {}
export const LifecycleHandler: Codec<LifecycleHandler> = lifecycleHandler

const lifecycle = struct('Lifecycle', {
  postStart: optional(LifecycleHandler),
  preStop: optional(LifecycleHandler),
  stopSignal: optional(anything),
})
export interface Lifecycle extends t.TypeOf<typeof lifecycle> {}
export const Lifecycle: Codec<Lifecycle> = lifecycle
