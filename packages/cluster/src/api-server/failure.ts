import { kindsNamed } from '../catalog.ts'

/** Why the API server does not do what it is asked: `reason` of its Status, and one of our own. */
export type ApiReason =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Forbidden'
  | 'Invalid'
  | 'BadRequest'
  | 'UnsupportedMediaType'
  | 'InternalError'
  /** Kubernetes would do it; here nothing would react to it. */
  | 'NotSimulated'

export interface ApiFailure {
  readonly reason: ApiReason
  /** The API server's own words; for `Invalid`, what is wrong with each field is in `causes`. */
  readonly message: string
  /** Of what; absent where the API server does not say. */
  readonly kind?: string
  readonly name?: string
  readonly causes?: readonly string[]
}

/** A kind by the name of its resource, as messages have it: `pods`, `replicasets.apps`. */
export const resourceOf = (kind: string): string => {
  const [info] = kindsNamed(kind)
  if (info === undefined) return `${kind.toLowerCase()}s`
  return info.group === '' ? info.plural : `${info.plural}.${info.group}`
}

const about = (kind: string, name: string): string => `${resourceOf(kind)} "${name}"`

export const notFound = (kind: string, name: string): ApiFailure => ({
  reason: 'NotFound',
  message: `${about(kind, name)} not found`,
  kind,
  name,
})

export const alreadyExists = (kind: string, name: string): ApiFailure => ({
  reason: 'AlreadyExists',
  message: `${about(kind, name)} already exists`,
  kind,
  name,
})

export const forbidden = (kind: string, name: string, why: string): ApiFailure => ({
  reason: 'Forbidden',
  message: `${about(kind, name)} is forbidden: ${why}`,
  kind,
  name,
})

/** @param causes each with its field in front: `spec.replicas: Invalid value: -1: must be …` */
export const invalid = (kind: string, name: string, causes: readonly string[]): ApiFailure => ({
  reason: 'Invalid',
  message: `${kind} "${name}" is invalid: ${causes.length === 1 ? causes[0] : `[${causes.join(', ')}]`}`,
  kind,
  name,
  causes,
})

/** The API server can do it no more: what it hands out is used up. */
export const internalError = (kind: string, name: string, why: string): ApiFailure => ({
  reason: 'InternalError',
  message: `Internal error occurred: ${why}`,
  kind,
  name,
})

export const notSimulated = (kind: string, name: string, what: string): ApiFailure => ({
  reason: 'NotSimulated',
  message: `${about(kind, name)}: ${what} is not simulated`,
  kind,
  name,
})
