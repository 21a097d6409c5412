// The words of a bill in any of our languages: it is the guest's, whatever language the desk reads.

const LOCALES = { en: "en-GB", vi: "vi", ru: "ru", pl: "pl", zh: "zh-CN" };
const known = new Map();

/** {t, date, dateTime, duration, money} in that language. */
export async function billWords(name) {
  if (!known.has(name)) known.set(name, words(LOCALES[name], await texts(name)));
  return known.get(name);
}

async function texts(name) {
  const answer = await fetch(`/static/texts/${name}/bill.json`);
  if (!answer.ok) throw new Error(`no texts ${name}/bill`);
  return answer.json();
}

function words(locale, found) {
  // Stamps of the API carry the hotel's wall time, and are shown as they stand; others have their zone given.
  const written = (options) => (stamp, zone) => new Intl.DateTimeFormat(locale, { ...options, timeZone: zone ?? "UTC" })
    .format(new Date(zone ? stamp : stamp.length > 10 ? `${stamp.slice(0, 19)}Z` : `${stamp}T00:00:00Z`));
  const day = { day: "numeric", month: "long", year: "numeric" };
  return {
    t: (key, values = {}) => found[key].replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place),
    date: written(day),
    dateTime: written({ day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    duration: (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`,
    money: ({ amount, currency }) => {
      const format = new Intl.NumberFormat(locale, { style: "currency", currency });
      return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
    },
  };
}
