import { endOf, type Lanes } from './data.ts'
import type { Frame } from './lane-source.ts'
import { colourOf, fillOf, inks, type Look } from './palette.ts'

export const xOf = ({ left, width, from, to }: Frame, at: number): number =>
  left + ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * width

/** The first state of a thing that ends after a time. */
export const firstAfter = ({ from, starts }: Lanes, i: number, at: number): number => {
  let low = from[i]!
  let high = from[i + 1]!
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= at) low = middle + 1
    else high = middle
  }
  return Math.max(from[i]!, low - 1)
}

export type DrawRun = (x: number, width: number, state: number) => void

/**
 * Runs of pixels of one state, from left to right. Where a pixel has several, the one of the highest rank is drawn: what
 * is short and bad is not lost, however much time is on the screen. A run is a pixel wide at least.
 */
export const eachRun = (
  lanes: Lanes,
  i: number,
  frame: Frame,
  rankOf: (state: number) => number,
  draw: DrawRun,
): void => {
  const { left, width, from, to } = frame
  const scale = width / (to - from)
  const last = lanes.from[i + 1]!
  let runFrom = 0
  let runTo = 0
  let runState = -1
  for (let k = firstAfter(lanes, i, from); k < last; k++) {
    const start = lanes.starts[k]!
    if (start >= to) break
    const end = Math.min(to, endOf(lanes, i, k))
    if (end <= from) continue
    const state = lanes.states[k]!
    let x0 = Math.floor((Math.max(start, from) - from) * scale)
    const x1 = Math.max(x0 + 1, Math.floor((end - from) * scale))
    if (runState >= 0 && x0 < runTo) {
      // The pixel that both share goes to what matters more.
      if (rankOf(state) > rankOf(runState)) {
        if (x0 > runFrom) draw(left + runFrom, x0 - runFrom, runState)
        runFrom = x0
        runState = state
        runTo = x1
        continue
      }
      x0 = runTo
      if (x1 <= x0) continue
    }
    if (runState >= 0) draw(left + runFrom, runTo - runFrom, runState)
    runFrom = x0
    runTo = x1
    runState = state
  }
  if (runState >= 0) draw(left + runFrom, Math.min(width, runTo) - runFrom, runState)
}

const TEXT_MIN = 46
export const ROW_FONT = '11px system-ui, sans-serif'

const brightness = (colour: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return 0.3 * r + 0.59 * g + 0.11 * b
}

/** Text within a run, where there is room for it. */
export const drawText = (
  { context }: Frame,
  look: Look,
  text: string,
  x: number,
  top: number,
  width: number,
  height: number,
): void => {
  if (width < TEXT_MIN || text === '') return
  context.font = ROW_FONT
  const needed = context.measureText(text).width
  if (needed + 8 > width) return
  const { paper, text: ink } = inks()
  context.textAlign = 'left'
  if (look.texture === 'plain') context.fillStyle = brightness(colourOf(look)) > 140 ? '#101418' : '#ffffff'
  else {
    // Textures would run through the letters.
    context.fillStyle = paper
    context.globalAlpha = 0.82
    context.fillRect(x + 2, top + 1, needed + 4, height - 2)
    context.globalAlpha = 1
    context.fillStyle = ink
  }
  context.fillText(text, x + 4, top + height / 2 + 0.5)
}

/** A run of a state, with its text. */
export const drawState = (
  frame: Frame,
  look: Look,
  text: string,
  x: number,
  top: number,
  width: number,
  height: number,
): void => {
  const { context } = frame
  context.fillStyle = fillOf(context, look)
  context.fillRect(x, top, width, height)
  drawText(frame, look, text, x, top, width, height)
}
