/** Gives each thing a number, the same for the same key, rising from 0. */
export interface Dictionary<A> {
  readonly all: A[]
  readonly idOf: (key: string, make: () => A) => number
}

export const createDictionary = <A>(): Dictionary<A> => {
  const all: A[] = []
  const ids = new Map<string, number>()
  return {
    all,
    idOf: (key, make) => {
      let id = ids.get(key)
      if (id === undefined) {
        id = all.length
        ids.set(key, id)
        all.push(make())
      }
      return id
    },
  }
}

export const createNames = (): Dictionary<string> & { readonly id: (name: string) => number } => {
  const dictionary = createDictionary<string>()
  return { ...dictionary, id: (name) => dictionary.idOf(name, () => name) }
}
