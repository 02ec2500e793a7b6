/**
 * What another language's catalogue must hold for an English one: the same keys. Forms for "one"
 * may be left out, since not every language has them (Chinese has no plural).
 */
export type Translated<English> = {
  [Key in keyof English as Key extends `${string}_one` ? never : Key]: English[Key] extends string
    ? string
    : Translated<English[Key]>;
};
