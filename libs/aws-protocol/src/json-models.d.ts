/** The models are data: their types are not worth inferring from half a megabyte of JSON each. */
declare module '*.json' {
  const model: import('./api-model.js').ApiModel;
  export default model;
}
