// The page's words in the five languages of the product. `{name}` is filled in by `text`.

import { PMS_WORDS } from "/static/pms_words.js";

export const LANGUAGES = { en: "English", vi: "Tiếng Việt", ru: "Русский", pl: "Polski", zh: "中文" };

const WORDS = {
  ...PMS_WORDS,
  subtitle: {
    en: "Bench: telephones and lines plugged into a simulated box",
    vi: "Bàn thử: điện thoại và đường dây cắm vào hộp mô phỏng",
    ru: "Стенд: телефоны и линии, подключённые к модели станции",
    pl: "Stanowisko: telefony i linie podłączone do symulowanej centrali",
    zh: "试验台：接在模拟主机上的电话机和外线",
  },
  box: { en: "The box", vi: "Hộp máy", ru: "Станция", pl: "Centrala", zh: "主机" },
  power: { en: "Power", vi: "Nguồn điện", ru: "Питание", pl: "Zasilanie", zh: "电源" },
  bells: { en: "Bells", vi: "Chuông", ru: "Звонки", pl: "Dzwonki", zh: "铃声" },
  language: { en: "Language", vi: "Ngôn ngữ", ru: "Язык", pl: "Język", zh: "语言" },
  hint: {
    en: "Lift {from}, dial {to}.",
    vi: "Nhấc máy {from}, bấm số {to}.",
    ru: "Снимите трубку {from}, наберите {to}.",
    pl: "Podnieś słuchawkę {from}, wybierz {to}.",
    zh: "拿起 {from} 的听筒，拨 {to}。",
  },
  hint_plain: {
    en: "Lift a handset and dial the number of another telephone.",
    vi: "Nhấc một ống nghe và bấm số của máy khác.",
    ru: "Снимите трубку и наберите номер другого телефона.",
    pl: "Podnieś słuchawkę i wybierz numer innego telefonu.",
    zh: "拿起听筒，拨另一部电话的号码。",
  },
  hint_dial: {
    en: "Now dial {to} on the keypad of {from}.",
    vi: "Bây giờ bấm {to} trên bàn phím của {from}.",
    ru: "Теперь наберите {to} на клавишах {from}.",
    pl: "Teraz wybierz {to} na klawiaturze {from}.",
    zh: "现在在 {from} 的键盘上拨 {to}。",
  },
  hint_answer: {
    en: "{to} is ringing: lift its handset.",
    vi: "{to} đang đổ chuông: hãy nhấc máy.",
    ru: "{to} звонит: снимите трубку.",
    pl: "{to} dzwoni: podnieś słuchawkę.",
    zh: "{to} 在响铃：请拿起听筒。",
  },
  hint_replace: {
    en: "The call of {from} is over, or came to nothing: hang it up.",
    vi: "Cuộc gọi của {from} đã kết thúc hoặc không thành: hãy gác máy.",
    ru: "Разговор с {from} окончен или не состоялся: положите трубку.",
    pl: "Rozmowa z {from} skończona albo nieudana: odłóż słuchawkę.",
    zh: "{from} 的通话已结束或未接通：请挂机。",
  },
  hint_talk: {
    en: "Connected? Play the tune into one handset (♪) and listen at the other (ear).",
    vi: "Đã nối máy? Phát giai điệu (♪) vào một ống nghe và nghe ở máy kia.",
    ru: "Соединены? Сыграйте мелодию (♪) в одну трубку и слушайте другую.",
    pl: "Połączono? Zagraj melodię (♪) do jednej słuchawki i słuchaj w drugiej.",
    zh: "接通了吗？对一个听筒放音乐（♪），在另一部电话听。",
  },
  hint_company: {
    en: "The box has dialled {number} on the company line {line}: answer there.",
    vi: "Hộp máy đã gọi {number} qua đường dây {line}: hãy trả lời ở đó.",
    ru: "Станция набрала {number} по линии {line}: ответьте там.",
    pl: "Centrala wybrała {number} na linii {line}: odbierz tam.",
    zh: "主机在外线 {line} 上拨了 {number}：请在那里应答。",
  },
  hint_power: {
    en: "The box has no power: switch it on above.", vi: "Hộp máy đang mất điện: hãy bật nguồn ở trên.",
    ru: "Станция обесточена: включите питание вверху.", pl: "Centrala nie ma zasilania: włącz je powyżej.", zh: "主机没有电：请在上方打开电源。",
  },
  lift: { en: "Lift", vi: "Nhấc máy", ru: "Снять", pl: "Podnieś", zh: "摘机" },
  replace: { en: "Hang up", vi: "Gác máy", ru: "Положить", pl: "Odłóż", zh: "挂机" },
  handset_of: {
    en: "Handset of {name}", vi: "Ống nghe của {name}", ru: "Трубка {name}", pl: "Słuchawka {name}", zh: "{name} 的听筒",
  },
  listen: { en: "At your ear", vi: "Nghe máy này", ru: "У вашего уха", pl: "Przy Twoim uchu", zh: "贴耳收听" },
  speak: { en: "Microphone", vi: "Micrô", ru: "Микрофон", pl: "Mikrofon", zh: "麦克风" },
  no_microphone: {
    en: "The browser gives no microphone here.",
    vi: "Trình duyệt không cho dùng micrô ở đây.",
    ru: "Браузер не даёт здесь микрофон.",
    pl: "Przeglądarka nie udostępnia tu mikrofonu.",
    zh: "浏览器在此不提供麦克风。",
  },
  tune: {
    en: "Play a tune into the handset", vi: "Phát giai điệu vào ống nghe", ru: "Сыграть мелодию в трубку",
    pl: "Zagraj melodię do słuchawki", zh: "对听筒放音乐",
  },
  more: { en: "More", vi: "Thêm", ru: "Ещё", pl: "Więcej", zh: "更多" },
  flash: { en: "Flash", vi: "Nhấp gác máy (flash)", ru: "Флэш", pl: "Flash", zh: "拍叉簧" },
  dialling: { en: "Dialling", vi: "Kiểu quay số", ru: "Набор", pl: "Wybieranie", zh: "拨号方式" },
  tones: { en: "tones (DTMF)", vi: "âm đa tần (DTMF)", ru: "тоном (DTMF)", pl: "tonowe (DTMF)", zh: "双音频" },
  pulses: { en: "pulses (dial)", vi: "xung (đĩa số)", ru: "импульсами", pl: "impulsowe", zh: "脉冲" },
  fault: { en: "Fault of the pair", vi: "Lỗi đường dây", ru: "Неисправность линии", pl: "Usterka pary", zh: "线路故障" },
  "fault.none": { en: "none", vi: "không", ru: "нет", pl: "brak", zh: "无" },
  "fault.open": { en: "open (cut)", vi: "đứt dây", ru: "обрыв", pl: "przerwa", zh: "断线" },
  "fault.short": { en: "short circuit", vi: "chập dây", ru: "короткое замыкание", pl: "zwarcie", zh: "短路" },
  "fault.foreign-voltage": {
    en: "foreign voltage", vi: "điện áp lạ", ru: "чужое напряжение", pl: "obce napięcie", zh: "外来电压",
  },
  "fault.overload": { en: "overload", vi: "quá tải", ru: "перегрузка", pl: "przeciążenie", zh: "过载" },
  lines: {
    en: "Company lines", vi: "Đường dây nhà mạng", ru: "Городские линии", pl: "Linie miejskie", zh: "外线",
  },
  ring_in: { en: "Call in", vi: "Gọi vào", ru: "Позвонить", pl: "Zadzwoń", zh: "呼入" },
  answer: { en: "Answer", vi: "Trả lời", ru: "Ответить", pl: "Odbierz", zh: "应答" },
  hang_up: { en: "Hang up", vi: "Gác máy", ru: "Отбой", pl: "Rozłącz", zh: "挂断" },
  give_up: { en: "Give up", vi: "Thôi gọi", ru: "Дать отбой", pl: "Zrezygnuj", zh: "放弃" },
  number: { en: "Caller's number", vi: "Số gọi", ru: "Номер звонящего", pl: "Numer dzwoniącego", zh: "主叫号码" },
  name: { en: "Name", vi: "Tên", ru: "Имя", pl: "Nazwa", zh: "姓名" },
  caller_id: { en: "Caller id", vi: "Hiện số", ru: "Номер передаётся", pl: "Prezentacja numeru", zh: "来电显示" },
  "caller_id.fsk-after": {
    en: "FSK after first ring", vi: "FSK sau hồi chuông đầu", ru: "FSK после 1-го звонка", pl: "FSK po 1. dzwonku", zh: "首次振铃后 FSK",
  },
  "caller_id.fsk-before": {
    en: "FSK before ringing", vi: "FSK trước khi đổ chuông", ru: "FSK до звонка", pl: "FSK przed dzwonkiem", zh: "振铃前 FSK",
  },
  "caller_id.dtmf": {
    en: "DTMF before ringing", vi: "DTMF trước khi đổ chuông", ru: "DTMF до звонка", pl: "DTMF przed dzwonkiem", zh: "振铃前 DTMF",
  },
  "caller_id.none": { en: "none", vi: "không", ru: "нет", pl: "brak", zh: "无" },
  rings: { en: "Rings, then gives up", vi: "Số hồi chuông rồi thôi", ru: "Звонков до отбоя", pl: "Dzwonków do rezygnacji", zh: "振铃次数后放弃" },
  reversal: { en: "With polarity reversal", vi: "Kèm đảo cực", ru: "С переполюсовкой", pl: "Z odwróceniem polaryzacji", zh: "带反极" },
  plays: { en: "Exchange plays", vi: "Tổng đài phát", ru: "Станция подаёт", pl: "Centrala nadaje", zh: "局方放音" },
  "tone.none": { en: "nothing", vi: "không gì", ru: "ничего", pl: "nic", zh: "无" },
  "tone.ringback": { en: "ringback", vi: "hồi âm chuông", ru: "контроль вызова", pl: "sygnał wywołania", zh: "回铃音" },
  "tone.busy": { en: "busy", vi: "báo bận", ru: "занято", pl: "zajętość", zh: "忙音" },
  "tone.congestion": { en: "congestion", vi: "báo nghẽn", ru: "перегрузка", pl: "natłok", zh: "拥塞音" },
  how: { en: "Shown by", vi: "Báo hiệu bằng", ru: "Признак отбоя", pl: "Sygnał rozłączenia", zh: "挂断信号" },
  "how.busy-tone": { en: "busy tone", vi: "âm báo bận", ru: "сигнал «занято»", pl: "sygnał zajętości", zh: "忙音" },
  "how.loop-break": { en: "loop break", vi: "ngắt nguồn vòng", ru: "разрыв шлейфа", pl: "przerwa w pętli", zh: "断环" },
  "how.reversal": { en: "polarity reversal", vi: "đảo cực", ru: "переполюсовка", pl: "odwrócenie polaryzacji", zh: "反极" },
  "how.dial-tone": { en: "dial tone", vi: "âm mời quay số", ru: "сигнал «ответ станции»", pl: "sygnał zgłoszenia", zh: "拨号音" },
  "how.silent": { en: "silence alone", vi: "chỉ im lặng", ru: "только тишина", pl: "sama cisza", zh: "仅静音" },
  plugged: { en: "Plugged in", vi: "Đã cắm", ru: "Подключена", pl: "Podłączona", zh: "已插入" },
  plug_of: { en: "Plug of {name}", vi: "Phích cắm {name}", ru: "Вилка {name}", pl: "Wtyczka {name}", zh: "{name} 的插头" },
  dial_tone: { en: "Gives dial tone", vi: "Có âm mời quay số", ru: "Даёт ответ станции", pl: "Daje sygnał zgłoszenia", zh: "送拨号音" },
  parallel: {
    en: "Parallel telephone lifted", vi: "Máy song song nhấc", ru: "Параллельный телефон снят", pl: "Telefon równoległy podniesiony", zh: "并机摘机",
  },
  dead: { en: "dead", vi: "mất tín hiệu", ru: "линия мертва", pl: "głucha", zh: "线路不通" },
  "state.idle": { en: "idle", vi: "rỗi", ru: "свободна", pl: "wolna", zh: "空闲" },
  "state.seized": { en: "seized", vi: "bị chiếm", ru: "занята станцией", pl: "zajęta", zh: "已占用" },
  "state.dial-tone": { en: "dial tone", vi: "mời quay số", ru: "ответ станции", pl: "zgłoszenie", zh: "送拨号音" },
  "state.dialled": { en: "dialled", vi: "đã quay số", ru: "номер набран", pl: "wybrano numer", zh: "已拨号" },
  "state.talking-out": { en: "answered", vi: "đã trả lời", ru: "ответили", pl: "odebrano", zh: "已应答" },
  "state.marked": { en: "calls", vi: "đang gọi vào", ru: "вызов", pl: "dzwoni", zh: "呼入" },
  "state.ringing": { en: "rings", vi: "đang đổ chuông", ru: "звонит", pl: "dzwoni", zh: "振铃中" },
  "state.talking-in": { en: "taken", vi: "hộp máy đã nhận", ru: "станция приняла", pl: "przyjęto", zh: "已接听" },
  "state.held": { en: "caller still there", vi: "người gọi còn chờ", ru: "звонящий ждёт", pl: "dzwoniący czeka", zh: "主叫仍在" },
  "state.loop-break": { en: "loop broken", vi: "vòng bị ngắt", ru: "шлейф разорван", pl: "przerwa w pętli", zh: "环路断开" },
  "state.cleared": { en: "far end gone", vi: "đầu kia đã gác", ru: "отбой", pl: "rozłączono", zh: "对方已挂断" },
  hears: { en: "Hears", vi: "Nghe thấy", ru: "Слышно", pl: "Słychać", zh: "听到" },
  on_hook: { en: "on-hook", vi: "đang gác máy", ru: "трубка лежит", pl: "słuchawka odłożona", zh: "已挂机" },
  ringing: { en: "ringing", vi: "đang đổ chuông", ru: "звонит", pl: "dzwoni", zh: "振铃中" },
  dial: { en: "dial tone", vi: "âm mời quay số", ru: "ответ станции", pl: "sygnał zgłoszenia", zh: "拨号音" },
  stutter: {
    en: "stutter dial tone", vi: "âm mời quay ngắt quãng", ru: "прерывистый ответ станции",
    pl: "przerywany sygnał zgłoszenia", zh: "断续拨号音",
  },
  ringback: {
    en: "ringing at the other end", vi: "hồi âm chuông", ru: "контроль посылки вызова", pl: "zwrotny sygnał wywołania", zh: "回铃音",
  },
  busy: { en: "busy tone", vi: "âm báo bận", ru: "занято", pl: "sygnał zajętości", zh: "忙音" },
  congestion: { en: "congestion tone", vi: "âm báo nghẽn", ru: "перегрузка", pl: "sygnał natłoku", zh: "拥塞音" },
  howler: {
    en: "howler: hang up!", vi: "âm nhắc gác máy!", ru: "ревун: положите трубку!", pl: "wyjec: odłóż słuchawkę!", zh: "催挂音：请挂机！",
  },
  speech: { en: "speech", vi: "tiếng nói", ru: "речь", pl: "mowa", zh: "话音" },
  seconds: { en: "{seconds} s", vi: "{seconds} giây", ru: "{seconds} с", pl: "{seconds} s", zh: "{seconds} 秒" },
  hertz: { en: "{hz} Hz", vi: "{hz} Hz", ru: "{hz} Гц", pl: "{hz} Hz", zh: "{hz} Hz" },
  silence: { en: "silence", vi: "im lặng", ru: "тишина", pl: "cisza", zh: "静音" },
  noise: { en: "noise", vi: "tiếng ồn", ru: "шум", pl: "szum", zh: "噪声" },
  tone: { en: "a tone of {hz} Hz", vi: "âm {hz} Hz", ru: "тон {hz} Гц", pl: "ton {hz} Hz", zh: "{hz} Hz 单音" },
  lamp: { en: "Message lamp", vi: "Đèn báo tin", ru: "Лампа сообщений", pl: "Lampka wiadomości", zh: "留言灯" },
  lit: { en: "lit", vi: "sáng", ru: "горит", pl: "świeci", zh: "亮" },
  button: { en: "Button", vi: "Nút", ru: "Кнопка", pl: "Przycisk", zh: "按钮" },
  off: { en: "off", vi: "tắt", ru: "выключено", pl: "wyłączone", zh: "熄灭" },
  on: { en: "on", vi: "bật", ru: "включено", pl: "włączone", zh: "亮" },
  blink: { en: "blinking", vi: "nhấp nháy", ru: "мигает", pl: "miga", zh: "闪烁" },
  polarity: { en: "Polarity", vi: "Cực tính", ru: "Полярность", pl: "Polaryzacja", zh: "极性" },
  normal: { en: "normal", vi: "thuận", ru: "прямая", pl: "normalna", zh: "正常" },
  reversed: { en: "reversed", vi: "đảo", ru: "обратная", pl: "odwrócona", zh: "反极" },
  blocks: { en: "Blocks of 10 ms", vi: "Khối 10 ms", ru: "Блоков по 10 мс", pl: "Bloki 10 ms", zh: "10 毫秒块" },
  underruns: { en: "Underruns", vi: "Thiếu dữ liệu", ru: "Пропусков", pl: "Braki danych", zh: "欠载" },
  own_late: { en: "Bench late", vi: "Bàn thử trễ", ru: "Стенд опоздал", pl: "Opóźnienia stanowiska", zh: "试验台延迟" },
  lost: {
    en: "The bench does not answer. Trying again…", vi: "Bàn thử không trả lời. Đang thử lại…",
    ru: "Стенд не отвечает. Повторяю…", pl: "Stanowisko nie odpowiada. Próbuję ponownie…", zh: "试验台没有响应，正在重试…",
  },
  keyboard: {
    en: "Keyboard: Tab to a telephone; Enter lifts and replaces; 0–9 * # dial; F flashes.",
    vi: "Bàn phím: Tab đến một máy; Enter nhấc và gác; 0–9 * # quay số; F nhấp gác máy.",
    ru: "Клавиатура: Tab — к телефону; Enter — снять и положить; 0–9 * # — набор; F — флэш.",
    pl: "Klawiatura: Tab do telefonu; Enter podnosi i odkłada; 0–9 * # wybierają; F – flash.",
    zh: "键盘：Tab 选择电话；Enter 摘机、挂机；0–9 * # 拨号；F 拍叉簧。",
  },
  "color.green": { en: "green", vi: "xanh lục", ru: "зелёный", pl: "zielony", zh: "绿色" },
  "color.amber": { en: "amber", vi: "hổ phách", ru: "жёлтый", pl: "bursztynowy", zh: "琥珀色" },
  "color.red": { en: "red", vi: "đỏ", ru: "красный", pl: "czerwony", zh: "红色" },
  "led.power": { en: "Power", vi: "Nguồn", ru: "Питание", pl: "Zasilanie", zh: "电源" },
  "led.system": { en: "System", vi: "Hệ thống", ru: "Система", pl: "System", zh: "系统" },
  "led.pms": { en: "PMS", vi: "PMS", ru: "PMS", pl: "PMS", zh: "PMS" },
  "led.trunk": { en: "Trunk", vi: "Trung kế", ru: "Город", pl: "Miejskie", zh: "中继" },
  "led.lines": { en: "Lines", vi: "Đường dây", ru: "Линии", pl: "Linie", zh: "线路" },
  "led.alarm": { en: "Alarm", vi: "Cảnh báo", ru: "Авария", pl: "Alarm", zh: "告警" },
};

let language = "en";

/** The language last chosen, else the browser's, else English. */
export function chooseLanguage(wanted) {
  const candidates = [wanted, localStorage.getItem("language"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  language = candidates.find((code) => code in LANGUAGES) ?? "en";
  document.documentElement.lang = language;
  if (wanted) localStorage.setItem("language", language);
  return language;
}

/** A word or sentence; an unknown key is shown as it is. */
export function text(key, values = {}) {
  const words = WORDS[key]?.[language] ?? WORDS[key]?.en ?? key.replace(/^(led|color)\./, "");
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What an ear hears, in words: the signal if it is known, else what it is just now. */
export function hearingText(hearing) {
  const heard = hearing.signal ?? hearing.now;
  return heard.startsWith("tone:") ? text("tone", { hz: heard.slice(5) }) : text(heard);
}
