//! What a page hears of the widget.

/// Keeps what happens on a page in `kelisimEvents`, from where it stands on. The page of [`HostPage`](crate::HostPage) has
/// it in every browser, and any page has it in Chromium.
pub(crate) const LISTENERS: &str = r"
    if (!window.kelisimEvents) {
      window.kelisimEvents = [];
      const names = ['accepted', 'postponed', 'settled', 'kept', 'error', 'token-wanted'];
      for (const name of names.map((name) => 'kelisim:' + name))
        addEventListener(name, ({ detail }) => kelisimEvents.push({ name, detail }));
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        kelisimEvents.push({ name: 'violation', detail: { violatedDirective, blockedURI } }));
      addEventListener('error', ({ message }) => kelisimEvents.push({ name: 'uncaught', detail: message }));
    }
";
