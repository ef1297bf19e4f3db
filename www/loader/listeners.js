/* Who wants to know where the person stands. */

/* Where the person stands, of a status as the edge answers it. */
export const snapshot = ({ state, edition, as_of }) => {
  const { name, deadline } = state;
  const accepted = name == "accepted" ? state.edition : state.accepted;
  return {
    state: name == "pending" && deadline <= as_of ? "due" : name,
    edition: edition.id,
    ...(accepted && { accepted }),
    ...(deadline && { deadline }),
  };
};

/* Adds a listener, which hears what `now` promises unless it hears of a change before; gives back what removes it. */
export const listen = (listener, now) => {
  if (!listeners.size) for (const type of ENDS) addEventListener(type, hear);
  // Each has its own place, even where a function comes twice.
  const entry = { listener, isNew: true };
  listeners.add(entry);
  now.then(
    (snapshot) => entry.isNew && listeners.has(entry) && tell(entry, snapshot),
    () => {},
  );
  return () => {
    listeners.delete(entry);
    if (!listeners.size) for (const type of ENDS) removeEventListener(type, hear);
  };
};

/* Tells everybody. */
export const changed = (snapshot) => {
  for (const entry of listeners) tell(entry, snapshot);
};

const tell = (entry, snapshot) => {
  entry.isNew = false;
  entry.listener(snapshot);
};

const hear = ({ detail: { edition } }) => changed({ state: "accepted", edition, accepted: edition });

const listeners = new Set();

const ENDS = ["kelisim:accepted", "kelisim:settled"];
