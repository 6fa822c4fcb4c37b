import { element } from './dom.ts'
import { fillOf, inks, type Look } from './palette.ts'

/** How a state looks, beside its name. */
export const swatch = (look: Look): HTMLCanvasElement => {
  const canvas = element('canvas', { width: 36, height: 28, class: 'swatch', 'aria-hidden': 'true' })
  const draw = (): void => {
    const context = canvas.getContext('2d')!
    context.setTransform(2, 0, 0, 2, 0, 0)
    context.fillStyle = fillOf(context, look)
    context.fillRect(0, 0, 18, 14)
    context.strokeStyle = inks().faint
    context.strokeRect(0.5, 0.5, 17, 13)
  }
  draw()
  canvas.addEventListener('theme', draw)
  return canvas
}

/** For legends and other small things that do not draw themselves anew. */
export const repaintSwatches = (): void => {
  for (const canvas of document.querySelectorAll('canvas.swatch')) canvas.dispatchEvent(new Event('theme'))
}
