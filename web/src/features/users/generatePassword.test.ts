import { afterEach, expect, it, vi } from "vitest";
import { generatePassword } from "./generatePassword";

afterEach(() => vi.restoreAllMocks());

it("draws again instead of favouring the first letters", () => {
  const bytes = [255, 254, ...Array<number>(16).fill(55)];
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    (array as Uint8Array)[0] = bytes.shift() ?? 0;
    return array;
  });
  expect(generatePassword()).toBe("9".repeat(16));
  expect(bytes).toEqual([]);
});
