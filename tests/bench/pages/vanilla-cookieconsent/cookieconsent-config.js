import "./cookieconsent.umd.js";

CookieConsent.run({
  hideFromBots: false, // which is what a browser that is driven says of itself
  categories: { necessary: { enabled: true, readOnly: true }, visits: {}, videos: {} },
  language: {
    default: "en",
    translations: {
      en: {
        consentModal: {
          title: "We ask for your consent",
          description: "We count visits and show videos of other sites, if you agree to it.",
          acceptAllBtn: "Accept",
          acceptNecessaryBtn: "Decline",
          showPreferencesBtn: "Settings",
          footer: '<a href="/privacy">Privacy policy</a>',
        },
        preferencesModal: {
          title: "Settings",
          acceptAllBtn: "Accept",
          acceptNecessaryBtn: "Decline",
          savePreferencesBtn: "Save",
          closeIconLabel: "Close",
          sections: [
            { title: "Necessary", description: "What the site cannot do without.", linkedCategory: "necessary" },
            { title: "Visits", description: "We count visits.", linkedCategory: "visits" },
            { title: "Videos", description: "We show videos of other sites.", linkedCategory: "videos" },
          ],
        },
      },
    },
  },
});
