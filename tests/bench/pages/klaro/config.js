var klaroConfig = {
  version: 1,
  acceptAll: true,
  translations: {
    zz: { privacyPolicyUrl: "/privacy" },
    en: {
      visits: { description: "We count visits." },
      videos: { description: "We show videos of other sites." },
      purposes: { analytics: "Visits", media: "Videos" },
    },
  },
  services: [
    { name: "visits", title: "Visits", purposes: ["analytics"] },
    { name: "videos", title: "Videos", purposes: ["media"] },
  ],
};
