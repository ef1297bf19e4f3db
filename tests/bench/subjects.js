// What is measured: ours in four situations, the peers, each by its own quick start in `pages/`, and the floor below all of
// them: a page with a button and nothing else.
//
// Of ours:
//   edge      which edge: `quiet` has the first edition in force, in `change` it was changed a moment ago
//   page      the host's: with our `tag` that names the token's endpoint, or with token and status `handed` in by it
//             and a tag that says that the person is new
//   address   where there is no page of a host: ours, on the edge, or the floor
//   person    `new`, or `known`: accepted the edition before, and the browser remembers it
//   goals     what it has to reach: `embedded`, `page`, `settled`. While a change's clock runs, what it costs somebody who has
//             accepted is held against a budget of its own, by `cargo xtask sizes`
//   settles   whether somebody who has accepted is measured as well
//   off       why it cannot be measured
//
// Of a peer: the package whose files in the folder `files` are served, unless it is bundled.
//
// Of all:
//   accept    the selector of the button in the document or, after that of a host, in its shadow root
//   mark      the name of a mark (User Timing) from which on presses count, where a listener alone does not say so

const WIDGET = ["kelisim-consent", "[part~=accept]"];

export const subjects = [
  {
    name: "kelisim-change", title: "Kelisim, a change", edge: "change",
    page: "tag", person: "known", accept: WIDGET, goals: ["embedded"], settles: true,
  },
  {
    name: "kelisim-handed", title: "Kelisim, new, handed in", edge: "quiet",
    page: "handed", person: "new", accept: WIDGET, goals: ["embedded"],
  },
  {
    name: "kelisim-new", title: "Kelisim, new, by endpoint", edge: "quiet",
    page: "tag", person: "new", accept: WIDGET, goals: ["settled"], settles: true,
  },
  {
    name: "kelisim-page", title: "Kelisim, new, /consent", edge: "quiet",
    address: "/consent?lang=ru", person: "new", accept: WIDGET, goals: ["page"],
  },
  {
    name: "floor", title: "a page with nothing but a button", address: "/floor/", accept: ["button"],
  },
  {
    name: "osano", title: "osano cookieconsent", package: "cookieconsent", files: "build", accept: [".cc-allow"],
  },
  {
    name: "orejime", title: "orejime", package: "orejime", files: "dist", accept: [".orejime-Banner-saveButton"],
  },
  {
    name: "vanilla-cookieconsent", title: "vanilla-cookieconsent", package: "vanilla-cookieconsent", files: "dist",
    accept: ["#cc-main .cm__btn[data-role=all]"],
  },
  {
    name: "klaro", title: "klaro", package: "klaro", files: "dist", accept: [".klaro .cm-btn-success"],
  },
  {
    name: "tarteaucitron", title: "tarteaucitron.js", package: "tarteaucitronjs", files: ".",
    accept: ["#tarteaucitronPersonalize2"],
  },
  {
    name: "c15t", title: "@c15t/react", package: "@c15t/react", accept: ["[data-testid=consent-banner-accept-button]"],
  },
];
