export { renderStudyPage } from './render-study-page.ts'
export { renderSurveyPage } from './render-survey-page.ts'
