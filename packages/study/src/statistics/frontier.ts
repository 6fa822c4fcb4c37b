/** A choice by what it costs and what it is worth. */
export interface Choice {
  /** Less is better. */
  readonly cost: number
  /** More is better. */
  readonly worth: number
}

/**
 * The Pareto frontier: the choices for which no other costs as little or less and is worth as much or more, one of the two
 * strictly (Pareto; Kung, Luccio and Preparata, *On Finding the Maxima of a Set of Vectors*, Journal of the ACM 22, 1975:
 * sorted by the one, swept by the other). Indices, from the cheapest to the dearest; of equals every one.
 */
export const frontierOf = (choices: readonly Choice[]): readonly number[] => {
  const order = choices
    .map((_, index) => index)
    .filter((index) => !Number.isNaN(choices[index]!.cost) && !Number.isNaN(choices[index]!.worth))
    .sort((a, b) => choices[a]!.cost - choices[b]!.cost || choices[b]!.worth - choices[a]!.worth || a - b)
  const frontier: number[] = []
  let best: Choice | undefined
  for (const index of order) {
    const choice = choices[index]!
    const equal = best !== undefined && choice.cost === best.cost && choice.worth === best.worth
    if (best === undefined || choice.worth > best.worth || equal) {
      frontier.push(index)
      best = choice
    }
  }
  return frontier
}
