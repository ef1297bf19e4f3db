// The processor time that a server takes, by Linux's account.

import { readFileSync, readdirSync } from "node:fs";

/** How much of it these processes and all that they started have taken so far, in milliseconds. */
export const processorTime = (roots) => {
  const processes = all();
  const sum = ({ id, ticks }) =>
    processes.filter(({ parent }) => parent == id).reduce((total, child) => total + sum(child), ticks);
  const found = roots.map((root) => processes.find(({ id }) => id == root));
  return found.reduce((total, process) => total + sum(process), 0) * MILLISECONDS_PER_TICK;
};

/** Fields are counted as in proc(5), "/proc/pid/stat", from the third on: before it there may be anything in brackets. */
const all = () =>
  readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
      const field = (number) => fields[number - 3];
      // In user and in kernel mode, and the same of children that have ended.
      const ticks = field(14) + field(15) + field(16) + field(17);
      return [{ id: Number(name), parent: field(4), ticks }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });

/** `USER_HZ` is 100 wherever Linux counts for programs. */
const MILLISECONDS_PER_TICK = 10;
