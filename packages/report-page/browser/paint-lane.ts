import type { Frame } from './lane-source.ts'
import { colourOf, fillOf, inks, type Look } from './palette.ts'

export const xOf = ({ left, width, from, to }: Frame, at: number): number =>
  left + ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * width

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
