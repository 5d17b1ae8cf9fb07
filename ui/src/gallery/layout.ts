/** The contact sheet's measures in CSS pixels; FrameGallery.vue and FrameCell.vue draw the same numbers. */
const sidePadding = 8;
const gap = 6;
const edgeHeight = 22;
/** Film above and below the pictures (padding 5 + holes 7 + inner padding) and the light between two strips. */
const filmHeight = 5 + 7 + 6 + 1 + 7 + 5;
const stripGap = 14;
const widthWanted = 208;
const columnsMin = 2;

/** Upright pictures are narrower, so that a row of them stays about as high as one of lying pictures. */
export function columnsFor(width: number, ratio: number): number {
  const wanted = widthWanted * Math.min(1, Math.max(0.68, ratio));
  return Math.max(columnsMin, Math.floor((width - 2 * sidePadding + gap) / (wanted + gap)));
}

export function rowHeight(width: number, columns: number, ratio: number): number {
  const picture = (width - 2 * sidePadding - (columns - 1) * gap) / columns;
  return Math.round(picture / ratio + edgeHeight + filmHeight + stripGap);
}
