// A page that could be SmartAqkol's web app. The widget needs nothing of this: its one tag is in index.html.

const words = {
  ru: {
    preview: "Демонстрация для команды продукта", signOut: "Войти как другой пользователь",
    chats: "Чаты", group: "Ақкөл, соседи", members: "148 участников", message: "Сообщение", send: "Отправить", me: "Вы",
  },
  kk: {
    preview: "Өнім тобына арналған көрсетілім", signOut: "Басқа пайдаланушы болып кіру",
    chats: "Чаттар", group: "Ақкөл, көршілер", members: "148 қатысушы", message: "Хабарлама", send: "Жіберу", me: "Сіз",
  },
  en: {
    preview: "Demonstration for the product team", signOut: "Sign in as another user",
    chats: "Chats", group: "Aqkol neighbours", members: "148 members", message: "Message", send: "Send", me: "You",
  },
};

const conversations = {
  ru: {
    chats: [
      ["АС", "Ақкөл, соседи", "Данияр: Скиньте потом фото", "14:07"], ["АЖ", "Айгүл Жұмабаева", "Спасибо! До завтра", "13:52"],
      ["МА", "Мама", "Купи по дороге хлеб", "12:31"], ["7Б", "7 «Б», родители", "Собрание в четверг в 18:30", "11:15"],
      ["ЕК", "Ерлан Қ.", "Отчёт отправил на почту", "вчера"], ["ДТ", "Дом на Талгарской", "Воду дадут к вечеру", "вчера"],
    ],
    messages: [
      ["Гүлнар", "Всем доброе утро! Во дворе сегодня сажают деревья, начинаем в два.", "13:40"],
      ["Ерлан", "Приду с сыном. Лопаты нужны?", "13:44"],
      ["Гүлнар", "Две бы не помешали. Саженцы уже привезли: клён и карагач.", "13:46"],
      ["", "Возьму лопату и перчатки, буду через полчаса.", "13:58"],
      ["Данияр", "Я в Астане до пятницы, мысленно с вами. Скиньте потом фото", "14:07"],
    ],
  },
  kk: {
    chats: [
      ["АК", "Ақкөл, көршілер", "Данияр: Кейін суретін жіберіңіздер", "14:07"], ["АЖ", "Айгүл Жұмабаева", "Рақмет! Ертең кездескенше", "13:52"],
      ["АН", "Анам", "Жолшыбай нан ала келші", "12:31"], ["7Б", "7 «Б», ата-аналар", "Жиналыс бейсенбіде 18:30-да", "11:15"],
      ["ЕҚ", "Ерлан Қ.", "Есепті поштаға жібердім", "кеше"], ["ТК", "Талғар көшесіндегі үй", "Суды кешке қарай береді", "кеше"],
    ],
    messages: [
      ["Гүлнар", "Қайырлы таң! Бүгін аулаға ағаш отырғызамыз, сағат екіде бастаймыз.", "13:40"],
      ["Ерлан", "Ұлыммен барамын. Күрек керек пе?", "13:44"],
      ["Гүлнар", "Екеуі артық болмас. Көшеттер келді: үйеңкі мен қарағаш.", "13:46"],
      ["", "Күрек пен қолғап аламын, жарты сағатта барамын.", "13:58"],
      ["Данияр", "Жұмаға дейін Астанадамын. Кейін суретін жіберіңіздер", "14:07"],
    ],
  },
  en: {
    chats: [
      ["AN", "Aqkol neighbours", "Daniyar: Send photos later", "14:07"], ["AZ", "Aigul Zhumabayeva", "Thanks! See you tomorrow", "13:52"],
      ["MU", "Mum", "Get some bread on your way", "12:31"], ["7B", "Class 7B, parents", "Meeting on Thursday at 18:30", "11:15"],
      ["EK", "Yerlan K.", "I have e-mailed the report", "yesterday"], ["TH", "House on Talgar street", "Water is back by the evening", "yesterday"],
    ],
    messages: [
      ["Gulnar", "Good morning! We are planting trees in the yard today, starting at two.", "13:40"],
      ["Yerlan", "I will come with my son. Do you need spades?", "13:44"],
      ["Gulnar", "Two would help. The saplings are here: maple and elm.", "13:46"],
      ["", "I will bring a spade and gloves, half an hour.", "13:58"],
      ["Daniyar", "I am in Astana until Friday. Send photos later", "14:07"],
    ],
  },
};

const query = new URLSearchParams(location.search);
const wanted = query.get("lang");
const language = wanted in words ? wanted : "ru";
document.documentElement.lang = language;
for (const element of document.querySelectorAll("[data-text]")) element.textContent = words[language][element.dataset.text];
for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = words[language][element.dataset.label];
for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = words[language][element.dataset.placeholder];
document.querySelector(".preview").hidden = query.has("user");
document.querySelector(`.switch [lang=${language}]`).setAttribute("aria-current", "page");

const element = (name, className, ...children) => {
  const element = Object.assign(document.createElement(name), { className });
  element.append(...children);
  return element;
};

const showMessage = ([author, text, time]) => {
  const bubble = element("div", "bubble", element("b", "", author || words[language].me), element("p", "", text), element("time", "", time));
  document.querySelector("#messages").append(element("li", author ? "" : "mine", bubble));
};

conversations[language].chats.forEach(([initials, name, last, time], index) => {
  const face = element("span", `face face-${index % 6}`, initials);
  face.ariaHidden = "true";
  const chat = element("a", "", face, element("b", "", name), element("time", "", time), element("span", "last", last));
  chat.href = "#messages";
  if (index == 0) chat.setAttribute("aria-current", "true");
  document.querySelector("#chats").append(element("li", "", chat));
});
conversations[language].messages.forEach(showMessage);

document.querySelector("#compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = document.querySelector("#text");
  const time = new Date().toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" });
  if (input.value.trim()) showMessage(["", input.value.trim(), time]);
  input.value = "";
});

document.querySelector("#sign-out").addEventListener("click", async () => {
  await fetch("/preview/sign-out", { method: "POST" });
  location.reload();
});
