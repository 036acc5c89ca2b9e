/** Every text that a widget shows, in one place. Another language is added by `addTexts`, in the page. */
const ENGLISH = {
  loading: "Loading…",
  empty: "Nothing has been counted yet.",
  offline: "No connection. Shown as it was last known.",
  error: "The server cannot answer for now. Shown as it was last known.",
  gone: "There is no public board of this name.",
  unset: "This widget needs the attributes tenant and board.",
  rank: "Rank",
  name: "Name",
  movement: "Movement",
  up: "up {n}",
  down: "down {n}",
  new: "new",
  same: "unchanged",
  leads: "{name} leads with {score}.",
  hour: "This hour",
  day: "Today",
  week: "This week",
  month: "This month",
  year: "This year",
  all: "All time",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "28d": "Last 28 days",
  "90d": "Last 90 days",
};

export type Texts = Record<string, string>;

const languages = new Map<string, Texts>([["en", ENGLISH]]);

/** Let widgets speak a language, or say something otherwise: `addTexts("de", { rank: "Platz", … })`. */
export const addTexts = (language: string, texts: Texts): void => {
  languages.set(language, { ...languages.get(language), ...texts });
};

/** The text of that name: in the language, without its region, or in English; `{n}` is filled in. */
export const textOf = (language: string, name: string, values: Texts = {}): string => {
  const found = [language, language.split("-")[0]!, "en"].map((each) => languages.get(each)?.[name]).find((each) => each !== undefined);
  return (found ?? name).replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
};

/** A score as people of that language write it; money comes in the minor units of its currency. */
export const numberOf = (language: string, value: number, currency: string | null, compact = false): string => {
  const options: Intl.NumberFormatOptions = compact ? { notation: "compact", maximumFractionDigits: 1 } : {};
  if (currency === null) return new Intl.NumberFormat(language, options).format(value);
  const money = { style: "currency", currency: currency.toUpperCase() } as const;
  const digits = new Intl.NumberFormat(language, money).resolvedOptions().maximumFractionDigits ?? 2;
  return new Intl.NumberFormat(language, { ...money, ...options }).format(value / 10 ** digits);
};

/** The language as given, if it is one that numbers can be written in. */
export const languageOf = (...wanted: (string | null | undefined)[]): string => {
  for (const each of wanted) {
    try {
      if (each && Intl.getCanonicalLocales(each).length) return each;
    } catch {
      // no language
    }
  }
  return "en";
};
