// Search by room, guest's name or telephone number, in what is loaded.

const MOST = 12;
const LETTERS = { ł: "l", đ: "d", ø: "o", ß: "ss", æ: "ae", œ: "oe", ё: "е" };

/** As one searches: small letters without marks, so that "nguyen" finds Nguyễn and "lodz" Łódź. */
export function plain(text) {
  return text.toLowerCase().replace(/[łđøßæœё]/g, (letter) => LETTERS[letter]).normalize("NFD").replace(/\p{M}/gu, "");
}

/** The rooms that fit best, at most a dozen: number first, then names that begin so, then those that have it within. */
export function find(query, rooms) {
  const words = plain(query.trim()).split(/[\s,]+/).filter(Boolean);
  if (!words.length) return [];
  const ranked = [];
  for (const room of rooms) {
    const ranks = words.map((word) => rank(word, room));
    if (ranks.every((found) => found !== null)) ranked.push([Math.max(...ranks), room]);
  }
  ranked.sort(([one, a], [other, b]) => one - other || a.room.localeCompare(b.room, "en", { numeric: true }));
  return ranked.slice(0, MOST).map(([, room]) => room);
}

/** 0 is best; null: it does not fit. */
function rank(word, room) {
  if (room.room === word || room.extensions.includes(word)) return 0;
  const names = room.guests.flatMap((guest) => plain(`${guest.name} ${guest.first_name ?? ""}`).split(/[\s-]+/));
  if (names.includes(word)) return 1;
  if (plain(room.room).startsWith(word)) return 2;
  if (names.some((name) => name.startsWith(word))) return 3;
  if (room.extensions.some((extension) => extension.startsWith(word))) return 4;
  if (room.guests.some((guest) => guest.reservation && plain(guest.reservation) === word)) return 4;
  return word.length > 1 && names.some((name) => name.includes(word)) ? 5 : null;
}
