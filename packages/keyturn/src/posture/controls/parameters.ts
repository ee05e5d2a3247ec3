/** Reading a control's parameters: what is missing or of another kind is the control's own default. */
import type { Parameters } from '../control.ts'

export const numberIn = (parameters: Parameters, name: string, otherwise: number): number => {
  const value = parameters[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

export const listIn = (parameters: Parameters, name: string): readonly string[] => {
  const value = parameters[name]
  return Array.isArray(value) ? value.map(String) : []
}

export const flagIn = (parameters: Parameters, name: string, otherwise: boolean): boolean => {
  const value = parameters[name]
  return typeof value === 'boolean' ? value : otherwise
}
