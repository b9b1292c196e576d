import type { Language } from './i18n/language.ts';

export type Formats = ReturnType<typeof createFormats>;

export function createFormats(language: Language, timeZone?: string) {
  const locale = language === 'ja' ? 'ja-JP' : 'en';
  const zone = timeZone === undefined ? {} : { timeZone };
  const number = new Intl.NumberFormat(locale);
  const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', ...zone });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', ...zone });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const unit = {
    hour: ['h', '時間'],
    minute: ['min', '分'],
    second: ['s', '秒'],
    millisecond: ['ms', 'ミリ秒'],
  } as const;
  const withUnit = (value: number | string, name: keyof typeof unit) =>
    language === 'ja' ? `${value}${unit[name][1]}` : `${value} ${unit[name][0]}`;
  /** 75 of a unit, 60 of which are a greater one: one of that and 15; nothing is said of none. */
  const inTwo = (value: number, greater: keyof typeof unit, name: keyof typeof unit) => {
    const parts = [withUnit(Math.floor(value / 60), greater), ...(value % 60 ? [withUnit(value % 60, name)] : [])];
    return parts.join(language === 'ja' ? '' : ' ');
  };
  const currency = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
  const dollars = new Intl.NumberFormat(locale, currency);
  const smallDollars = new Intl.NumberFormat(locale, { ...currency, maximumSignificantDigits: 2 });

  return {
    number: (value: number) => number.format(value),
    /** 0.00254 is "$0.0025": small sums keep two significant digits. */
    money(usd: number): string {
      if (usd > 0 && usd < 0.0001) return `< ${smallDollars.format(0.0001)}`;
      return (usd > 0 && usd < 0.1 ? smallDollars : dollars).format(usd);
    },
    /** 75 is "1 min 15 s"; whole minutes from ten minutes on. */
    duration(seconds: number): string {
      const whole = Math.max(0, Math.round(seconds));
      if (whole < 60) return withUnit(whole, 'second');
      if (whole < 600) return inTwo(whole, 'minute', 'second');
      const minutes = Math.round(whole / 60);
      return minutes < 60 ? withUnit(minutes, 'minute') : inTwo(minutes, 'hour', 'minute');
    },
    /** 1520 is "1.5 s"; below a second "320 ms". */
    shortDuration(milliseconds: number): string {
      if (milliseconds < 1000) return withUnit(Math.round(milliseconds), 'millisecond');
      if (milliseconds >= 60_000) return this.duration(milliseconds / 1000);
      return withUnit(oneDigit.format(milliseconds / 1000), 'second');
    },
    /** A day, from `YYYY-MM-DD`; the same in every time zone. */
    day: (value: string) => day.format(new Date(`${value}T00:00:00Z`)),
    /** Day and time of a timestamp, here. */
    dateTime: (timestamp: string) => dateTime.format(new Date(timestamp)),
    time: (timestamp: string) => time.format(new Date(timestamp)),
  };
}
