import style from '../../browser/study.css?bundle'

export { style }
