//! What a page hears of the widget.

/// Keeps what happens on a page in `kelisimEvents`, from where it stands on. The page of [`HostPage`](crate::HostPage) has
/// it in every browser, and any page has it in Chromium.
pub(crate) const LISTENERS: &str = r"
    if (!window.kelisimEvents) {
      window.kelisimEvents = [];
      for (const name of ['kelisim:accepted', 'kelisim:postponed', 'kelisim:settled', 'kelisim:kept', 'kelisim:error', 'kelisim:token-wanted'])
        addEventListener(name, ({ detail }) => kelisimEvents.push({ name, detail }));
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        kelisimEvents.push({ name: 'violation', detail: { violatedDirective, blockedURI } }));
      addEventListener('error', ({ message }) => kelisimEvents.push({ name: 'uncaught', detail: message }));
    }
";
