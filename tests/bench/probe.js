// Runs in the page, before anything of the page does, and finds when the button can be seen and pressed.
//
// A button can be pressed once, in one frame, it is there, at least 20 by 20 pixels of it; is what a pointer at its centre
// would hit; is not disabled; and pressing it does something: it or what it lies in listens for clicks, or it submits a
// form. It can be seen once, besides, neither it nor what it lies in is less than 0.9 opaque. Both are told as of when that
// frame was rendered, since nobody presses what is not on the screen yet. What flashes up and is gone again was not seen.

export const probe = ({ accept, mark, reports }) => {
  if (window.top != window) return;
  const findings = (window.benchFindings = { pressable: null, visible: null, shown: false, longTasks: [] });

  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) findings.longTasks.push(duration);
  }).observe({ type: "longtask", buffered: true });

  const listening = new WeakSet();
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (kind, ...rest) {
    if (kind == "click") listening.add(this ?? window);
    return addEventListener.call(this ?? window, kind, ...rest);
  };

  // DevTools count all but the memory of WebAssembly.
  const memories = [];
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const make = WebAssembly[name];
    WebAssembly[name] = async (...parts) => {
      const made = await make.apply(WebAssembly, parts);
      const exported = Object.values((made.instance ?? made).exports);
      memories.push(...exported.filter((value) => value instanceof WebAssembly.Memory));
      return made;
    };
  }
  findings.memory = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

  // While another takes its place, there may be two.
  const findAll = () => {
    const root = accept.slice(0, -1).reduce((found, selector) => found?.querySelector(selector)?.shadowRoot, document);
    return [...(root?.querySelectorAll(accept.at(-1)) ?? [])];
  };

  const find = () => {
    const buttons = findAll();
    return buttons.find(isHit) ?? buttons[0];
  };

  const around = function* (element) {
    for (let node = element; node; node = node.parentNode ?? node.host ?? (node == document ? window : null)) yield node;
  };

  const isHit = (button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    const [centreX, centreY] = [x + width / 2, y + height / 2];
    let hit = document.elementFromPoint(centreX, centreY);
    for (let inner; (inner = hit?.shadowRoot?.elementFromPoint(centreX, centreY)) && inner != hit; ) hit = inner;
    return button.contains(hit);
  };

  const acts = (button) => {
    if (mark && !performance.getEntriesByName(mark).length) return false;
    if (button.type == "submit" && button.form) return true;
    for (const node of around(button)) if (listening.has(node) || node.onclick) return true;
    return false;
  };

  const opacity = (button) => {
    let opacity = 1;
    for (const node of around(button)) if (node instanceof Element) opacity *= getComputedStyle(node).opacity;
    return opacity;
  };

  const rendered = new MessageChannel();
  let told = [];
  rendered.port1.onmessage = () => {
    for (const tell of told.splice(0)) tell(performance.now());
  };
  const whenRendered = (tell) => {
    if (told.push(tell) == 1) rendered.port2.postMessage(0);
  };

  /** Where the button's centre is once it can be seen, and is in the same place for two frames. */
  findings.still = () => new Promise((resolve) => {
    let before = {};
    const look = () => {
      const { x, y, width, height } = find().getBoundingClientRect();
      if (findings.visible != null && x == before.x && y == before.y) return resolve({ x: x + width / 2, y: y + height / 2 });
      before = { x, y };
      requestAnimationFrame(look);
    };
    look();
  });

  const look = () => {
    requestAnimationFrame(look);
    const button = find();
    const { width = 0, height = 0 } = button?.getBoundingClientRect() ?? {};
    findings.shown = width >= 20 && height >= 20 && isHit(button);
    const isVisible = findings.shown && opacity(button) > 0.9;
    if (!isVisible) findings.visible = null;
    if (isVisible && findings.visible == null) whenRendered((now) => (findings.visible = now));
    if (!findings.shown) return;
    if (findings.pressable == null && !button.disabled && button.ariaDisabled != "true" && acts(button)) {
      whenRendered((now) => {
        findings.pressable ??= now;
        if (reports) window.benchPressable(performance.timeOrigin + now);
      });
    }
  };
  requestAnimationFrame(look);
};
