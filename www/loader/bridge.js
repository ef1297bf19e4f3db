/* Sends a message to the app that the page is in, over each bridge that is there; tells whether there is one. As the loader does it,
   which has its own copy, so that it needs no other script for it. */
export const post = (type, detail) => {
  const json = JSON.stringify({ kelisim: 1, type, detail });
  const bridges = [
    () => window.webkit.messageHandlers.kelisim.postMessage(json),
    () => window.KelisimAndroid.postMessage(json),
    () => window.ReactNativeWebView.postMessage(json),
    () => window.flutter_inappwebview.callHandler("kelisim", json),
  ];
  return bridges.map(succeeds).includes(true);
};

const succeeds = (action) => {
  try {
    action();
    return true;
  } catch {
    return false;
  }
};
