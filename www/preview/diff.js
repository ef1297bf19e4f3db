// What differs between two texts: lines by their longest common subsequence, and words within lines that differ.

/** Whole lines that differ, each as parts: [[fate, text], …], where the fate is "same", "del" or "ins". */
export const diff = (before, after) => {
  const changes = [];
  let from = [], to = [];
  const close = () => {
    if (from.length + to.length) changes.push(compare(words(from.join("\n")), words(to.join("\n"))));
    [from, to] = [[], []];
  };
  for (const [fate, line] of compare(before.split("\n"), after.split("\n"))) {
    if (fate == "same") close();
    else (fate == "del" ? from : to).push(line);
  }
  close();
  return changes;
};

const words = (text) => text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];

const compare = (a, b) => {
  // common[i][j]: how long the longest common subsequence of a from i on and b from j on is.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  const parts = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && a[i] == b[j]) {
      parts.push(["same", a[i++]]);
      j++;
    } else if (j == b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) {
      parts.push(["del", a[i++]]);
    } else {
      parts.push(["ins", b[j++]]);
    }
  }
  return parts;
};
