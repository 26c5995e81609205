// Reference: https://d3js.org/d3-random. A source returns a number in [0, 1).

export type Source = () => number;
export type Draw = () => number;

export interface Normal {
  (mu?: number, sigma?: number): Draw;
  source(source: Source): Normal;
}
export interface Uniform {
  (min?: number, max?: number): Draw;
  source(source: Source): Uniform;
}
export interface Gamma {
  (k: number, theta?: number): Draw;
  source(source: Source): Gamma;
}
export interface OneParameter {
  (parameter: number): Draw;
  source(source: Source): OneParameter;
}

export const randomNormal: Normal;
export const randomUniform: Uniform;
export const randomGamma: Gamma;
export const randomExponential: OneParameter;
export const randomPoisson: OneParameter;
