//! The locale of a date or duration: its tag, numbering system, calendar and week rules.

use std::sync::Arc;

/// A locale; the default one (`en-US`) costs nothing to clone.
#[derive(Clone, Debug, Default)]
pub struct Locale(Option<Arc<Data>>);

#[derive(Clone, Debug)]
struct Data {
    /// The tag that was asked for; without one the machine's locale stands, `en-US`.
    tag: Option<String>,
    numbering_system: Option<String>,
    output_calendar: Option<String>,
    week: Option<WeekSettings>,
}

/// When weeks start and which days are the weekend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekSettings {
    /// ISO weekday a week starts with.
    pub first_day: u8,
    /// Days of January the first week needs.
    pub minimal_days: u8,
    /// ISO weekdays of the weekend.
    pub weekend: Vec<u8>,
}

/// What `reconfigure` and the options of the parsers may give.
#[derive(Clone, Debug, Default)]
pub struct LocaleOptions {
    /// A BCP 47 tag.
    pub locale: Option<String>,
    /// Unicode's name of a numbering system.
    pub numbering_system: Option<String>,
    /// Unicode's name of a calendar.
    pub output_calendar: Option<String>,
    /// Own rules of weeks.
    pub week: Option<WeekSettings>,
}

const DEFAULT_TAG: &str = "en-US";

impl Locale {
    /// The locale of the options given; with none, the default.
    pub fn new(options: LocaleOptions) -> Self {
        let LocaleOptions { locale, numbering_system, output_calendar, week } = options;
        let tag = locale.filter(|tag| !tag.is_empty());
        let numbering_system = numbering_system.filter(|name| !name.is_empty());
        let output_calendar = output_calendar.filter(|name| !name.is_empty());
        if tag.is_none() && numbering_system.is_none() && output_calendar.is_none() && week.is_none() {
            return Locale(None);
        }
        let extension = |key: &str| tag.as_deref().and_then(|tag| unicode_extension(tag, key));
        let numbering_system = numbering_system.or_else(|| extension("nu"));
        let output_calendar = output_calendar.or_else(|| extension("ca"));
        Locale(Some(Arc::new(Data { tag, numbering_system, output_calendar, week })))
    }

    /// This locale with other options; what is not given stays.
    pub fn with(&self, options: LocaleOptions) -> Self {
        let data = self.0.as_deref();
        Locale::new(LocaleOptions {
            locale: options.locale.or_else(|| data.and_then(|d| d.tag.clone())),
            numbering_system: options.numbering_system.or_else(|| data.and_then(|d| d.numbering_system.clone())),
            output_calendar: options.output_calendar.or_else(|| data.and_then(|d| d.output_calendar.clone())),
            week: options.week.or_else(|| data.and_then(|d| d.week.clone())),
        })
    }

    /// The tag.
    pub fn tag(&self) -> &str {
        self.0.as_deref().and_then(|data| data.tag.as_deref()).unwrap_or(DEFAULT_TAG)
    }

    /// The numbering system, where one was given.
    pub fn numbering_system(&self) -> Option<&str> {
        self.0.as_deref().and_then(|data| data.numbering_system.as_deref())
    }

    /// The calendar, where one was given.
    pub fn output_calendar(&self) -> Option<&str> {
        self.0.as_deref().and_then(|data| data.output_calendar.as_deref())
    }

    /// Whether luxon itself has the words: English of the United States, Latin digits, Gregorian.
    pub(crate) fn is_plain_english(&self) -> bool {
        let Some(data) = self.0.as_deref() else { return true };
        let tag = self.tag();
        (tag == "en" || tag.eq_ignore_ascii_case(DEFAULT_TAG))
            && data.numbering_system.as_deref().is_none_or(|name| name == "latn")
            && data.output_calendar.as_deref().is_none_or(|name| name == "gregory")
    }

    /// The language of the tag, in lower case.
    pub(crate) fn language(&self) -> String {
        self.tag().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The weekday a week starts with.
    pub fn start_of_week(&self) -> u8 {
        self.week().first_day
    }

    /// The rules of weeks.
    pub fn week(&self) -> WeekSettings {
        match self.0.as_deref().and_then(|data| data.week.clone()) {
            Some(week) => week,
            None => week_of_region(self.tag()),
        }
    }

    /// Whether a weekday is on the weekend.
    pub(crate) fn is_weekend(&self, weekday: u8) -> bool {
        match &self.0 {
            None => weekday >= 6,
            Some(_) => self.week().weekend.contains(&weekday),
        }
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.tag() == other.tag()
            && self.numbering_system() == other.numbering_system()
            && self.output_calendar() == other.output_calendar()
    }
}

/// The value of a key in the tag's `-u-` part.
fn unicode_extension(tag: &str, key: &str) -> Option<String> {
    let (_, extension) = tag.split_once("-u-")?;
    let mut parts = extension.split('-').skip_while(|part| *part != key);
    parts.next()?;
    parts.next().map(str::to_owned)
}

/// CLDR's first day and weekend of a tag's region. The first week needs four days everywhere: V8 no longer
/// answers minimalDays, and luxon falls back to ISO's.
fn week_of_region(tag: &str) -> WeekSettings {
    const SUNDAY: &str = "AG AS BD BR BS BT BU BW BZ CA CO DM DO ET GT GU HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO \
                          MT MX MZ NI NP PA PE PH PK PR PT PY RH SA SG SV TH TT TW UM US VE VI WS YD YE ZA ZW";
    const SATURDAY: &str = "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY";
    const FRIDAY_SATURDAY: &str = "BH DZ EG IL IQ JO KW LY OM QA SA SD SY YD YE";
    let region = region(tag);
    let listed = |list: &str| list.split(' ').any(|item| item == region);
    let first_day = match () {
        () if region == "MV" => 5,
        () if listed(SATURDAY) => 6,
        () if listed(SUNDAY) => 7,
        () => 1,
    };
    let weekend = match region.as_str() {
        "AF" => vec![4, 5],
        "IR" => vec![5],
        "IN" | "UG" => vec![7],
        _ if listed(FRIDAY_SATURDAY) => vec![5, 6],
        _ => vec![6, 7],
    };
    WeekSettings { first_day, minimal_days: 4, weekend }
}

/// The region of a tag, or the likely one of its language.
fn region(tag: &str) -> String {
    let mut parts = tag.split("-u-").next().unwrap_or_default().split(['-', '_']);
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    if let Some(region) = parts.find(|part| part.len() == 2) {
        return region.to_ascii_uppercase();
    }
    const LIKELY: [(&str, &str); 29] = [
        ("af", "ZA"),
        ("am", "ET"),
        ("ar", "EG"),
        ("bn", "BD"),
        ("bs", "BA"),
        ("ca", "ES"),
        ("en", "US"),
        ("et", "EE"),
        ("fa", "IR"),
        ("fil", "PH"),
        ("gu", "IN"),
        ("he", "IL"),
        ("hi", "IN"),
        ("id", "ID"),
        ("ja", "JP"),
        ("kn", "IN"),
        ("ko", "KR"),
        ("ml", "IN"),
        ("mr", "IN"),
        ("ms", "MY"),
        ("ne", "NP"),
        ("pa", "IN"),
        ("pt", "BR"),
        ("sv", "SE"),
        ("ta", "IN"),
        ("te", "IN"),
        ("th", "TH"),
        ("ur", "PK"),
        ("zh", "CN"),
    ];
    LIKELY
        .iter()
        .find(|(known, _)| *known == language)
        .map_or_else(|| language.to_ascii_uppercase(), |(_, region)| (*region).to_owned())
}
