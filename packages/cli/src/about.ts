import { kindByName } from '@wavetank/cluster/api'

/** An object that somebody names. */
export interface About {
  readonly kind: string
  readonly name: string
}

/** `pod/web-x2k4q`: the kind by any name that kubectl takes. */
export const aboutOf = (text: string): About | undefined => {
  const [kind = '', name = '', ...more] = text.split('/')
  const found = kindByName(kind)
  return found === undefined || name === '' || more.length > 0 ? undefined : { kind: found.kind, name }
}
