import { ConsentBanner, ConsentDialog, ConsentManagerProvider } from "@c15t/react";
import { createRoot } from "react-dom/client";
import "./main.css";

// Without a backend: the one that is hosted would take a request more.
const App = () => (
  <ConsentManagerProvider
    options={{
      mode: "offline",
      consentCategories: ["necessary", "measurement", "marketing"],
      overrides: { country: "DE" },
    }}
  >
    <ConsentBanner />
    <ConsentDialog />
  </ConsentManagerProvider>
);

createRoot(document.getElementById("root")).render(<App />);
