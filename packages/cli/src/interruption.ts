/** Whether Ctrl-C or SIGTERM was sent; until it is released, they end nothing by themselves. */
export interface Interruption {
  readonly wasAsked: () => boolean
  readonly release: () => void
}

/** @param onAsk what to do about it at once */
export const awaitInterruption = (onAsk: () => void = () => {}): Interruption => {
  let asked = false
  const ask = (): void => {
    asked = true
    onAsk()
  }
  process.once('SIGINT', ask)
  process.once('SIGTERM', ask)
  return {
    wasAsked: () => asked,
    release: () => {
      process.off('SIGINT', ask)
      process.off('SIGTERM', ask)
    },
  }
}
