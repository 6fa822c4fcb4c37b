import script from '../browser/main.ts?bundle'
import style from '../browser/page.css?bundle'

export { script, style }
