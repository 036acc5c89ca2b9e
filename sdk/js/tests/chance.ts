/** Random numbers that come again with the same seed (mulberry32). */
export const chance = (seed: number) => {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most: number): number => Math.floor(random() * most);
  return { random, below, of: <T>(some: readonly T[]): T => some[below(some.length)]! };
};

export type Chance = ReturnType<typeof chance>;
