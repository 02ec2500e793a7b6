/** FNV-1a: the same for the same text, everywhere. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** Mulberry32: numbers from 0 to 1, the same row for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Those that stand beside the platform's own colour. */
const hues = [192, 212, 238, 268, 312, 342, 24, 158];
const pointCount = 48;

/**
 * A curve like a metric's: a daily swing with noise and one spike. The same text always gets the
 * same one, so that people know a project by it.
 */
export function drawCurve(
  text: string,
  width: number,
  height: number,
): { line: string; hue: number } {
  const seed = hash(text);
  const next = numbers(seed);
  const hue = hues[seed % hues.length] ?? 190;
  const [swings, shift, noise] = [1 + next() * 3, next() * Math.PI * 2, 0.04 + next() * 0.08];
  const spikeAt = Math.floor(pointCount * (0.25 + next() * 0.6));
  const points = Array.from({ length: pointCount }, (_, index) => {
    const swing = Math.sin((index / pointCount) * Math.PI * 2 * swings + shift) * 0.16;
    const spike = index === spikeAt ? 0.32 : 0;
    const level = 0.42 + swing + spike + (next() - 0.5) * noise * 2;
    const x = (index / (pointCount - 1)) * width;
    const y = height * (1 - Math.min(0.94, Math.max(0.06, level)));
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return { line: `M${points.join(" L")}`, hue };
}
