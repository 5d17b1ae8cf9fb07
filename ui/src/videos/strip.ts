/** `cells` frame numbers spread evenly over a film of `frames` images, first and last included; fewer for a shorter film. */
export function spreadFrames(frames: number, cells: number): number[] {
  const shown = Math.min(frames, cells);
  if (shown <= 1) return shown === 1 ? [1] : [];
  return Array.from({ length: shown }, (_, i) => 1 + Math.round((i * (frames - 1)) / (shown - 1)));
}

/** How much of each cell is exposed, 0 to 1, when `percent` of the work is done. */
export function exposure(percent: number, cells: number): number[] {
  const lit = (Math.min(100, Math.max(0, percent)) / 100) * cells;
  return Array.from({ length: cells }, (_, i) => Math.min(1, Math.max(0, lit - i)));
}
