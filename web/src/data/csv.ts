/*
 * Tables as text for spreadsheets: exact figures, ISO times. Pure.
 */
const isoTime = (t: number): string => new Date(t * 1000).toISOString();

/** A value in a line of CSV; what a spreadsheet would run as a formula stays text. */
function csvCell(value: string | number | null): string {
  if (value === null) return "";
  const text = typeof value === "number" ? String(value) : value.replace(/^([=+\-@\t\r])/, "'$1");
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** The first column is a time when its head says so. */
export function csvOf(heads: string[], rows: (string | number | null)[][]): string {
  const lines = rows.map((row) =>
    row
      .map((value, i) => csvCell(heads[i] === "time" && typeof value === "number" ? isoTime(value) : value))
      .join(","),
  );
  return [heads.map(csvCell).join(","), ...lines, ""].join("\r\n");
}
