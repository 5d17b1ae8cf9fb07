/**
 * Finds the frame shown at a time: the last one that starts at or before it, or the first frame when the time lies before all.
 * Times grow with the index, usually evenly, so an interpolation search over single probes needs two or three of them;
 * every third probe halves the bracket, which bounds the search for any spacing.
 *
 * @param total number of frames, at least 1
 * @param timeAt the time, in seconds, of the frame at a 1-based index
 * @returns the 1-based index
 */
export async function locateFrame(total: number, timeAt: (index: number) => Promise<number>, seconds: number): Promise<number> {
  // Half a millisecond of grace: a time typed from a shown time code must find its own frame.
  const target = seconds + 0.0005;
  let low = 1;
  let high = total;
  let lowTime = await timeAt(low);
  if (target < lowTime || total === 1) return 1;
  let highTime = await timeAt(high);
  if (target >= highTime) return total;
  for (let probe = 1; high - low > 1; probe++) {
    const share = probe % 3 === 0 ? 0.5 : (target - lowTime) / (highTime - lowTime);
    const middle = Math.min(high - 1, Math.max(low + 1, Math.floor(low + share * (high - low))));
    const time = await timeAt(middle);
    if (time <= target) [low, lowTime] = [middle, time];
    else [high, highTime] = [middle, time];
  }
  return low;
}
