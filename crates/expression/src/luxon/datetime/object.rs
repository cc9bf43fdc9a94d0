//! `fromObject` and `set`: a point in time from named fields.

use super::{DateTime, Settings, fix_offset, unsupported_zone};
use crate::luxon::{
    civil::{
        Date, Week, WeekRules, check_date, check_ordinal, check_time, check_week, from_ordinal, from_week, to_ordinal,
        to_week,
    },
    error::{Error, Invalid},
    locale::Locale,
    math::{Fields, MS_PER_MINUTE, civil_from_ts, days_in_month, js_min},
    text::js_number,
    unit::{Field, FieldSet},
    zone::Zone,
};

/// What `fromObject` needs beside the fields.
#[derive(Clone, Debug)]
pub struct FromObject {
    /// The zone the fields are local to.
    pub zone: Zone,
    /// The locale of the result.
    pub locale: Locale,
    /// The offset a text named, where it named one.
    pub specific_offset: Option<f64>,
}

/// Which fields name the date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    Month,
    Week,
    Ordinal,
}

impl DateTime {
    /// The time of these fields. Larger ones that are missing are those of now, smaller ones the first.
    pub fn from_object(given: &FieldSet, options: &FromObject, settings: &Settings) -> Result<Self, Error> {
        let FromObject { zone, locale, specific_offset } = options;
        if !zone.is_valid() {
            return Ok(DateTime::invalid(unsupported_zone(zone), settings));
        }
        let mut fields = *given;
        let rules = local_weeks(&mut fields, locale)?;
        let offset = specific_offset.unwrap_or_else(|| zone.offset(settings.now));
        let contains_gregorian = check_conflicts(&fields)?;
        let by_week = fields.truthy(Field::WeekYear)
            || fields.truthy(Field::WeekNumber)
            || (fields.truthy(Field::Weekday) && !contains_gregorian);
        let naming = match () {
            () if by_week => Naming::Week,
            () if fields.has(Field::Ordinal) => Naming::Ordinal,
            () => Naming::Month,
        };
        fill(&mut fields, naming, settings.now + offset * MS_PER_MINUTE, rules);
        let fields = match to_fields(&fields, naming, rules) {
            Ok(fields) => fields,
            Err(invalid) => return Ok(DateTime::invalid(invalid, settings)),
        };
        let (ts, found) = fix_offset(fields.to_local_ts(), offset, zone);
        let date = DateTime::with_offset(ts, found, zone.clone(), locale.clone());
        if let Some(weekday) = given.get(Field::Weekday).filter(|day| *day != 0.0 && contains_gregorian)
            && weekday != date.weekday()
        {
            let iso = date.to_iso_default().unwrap_or_else(|| "null".into());
            let explanation = format!("you can't specify both a weekday of {} and a date of {iso}", js_number(weekday));
            return Ok(DateTime::invalid(Invalid::explained("mismatched weekday", explanation), settings));
        }
        match date.invalid {
            Some(invalid) => Ok(DateTime::invalid((*invalid).clone(), settings)),
            None => Ok(date),
        }
    }

    /// This time with other fields.
    pub fn set(&self, given: &FieldSet) -> Result<Self, Error> {
        if !self.is_valid() {
            return Ok(self.clone());
        }
        let mut fields = *given;
        let rules = local_weeks(&mut fields, &self.locale)?;
        check_conflicts(&fields)?;
        let civil = &self.civil;
        let of = |field: Field, own: f64| fields.get(field).unwrap_or(own);
        let date = if [Field::WeekYear, Field::WeekNumber, Field::Weekday].into_iter().any(|f| fields.has(f)) {
            let own = to_week(civil, rules);
            let week = Week {
                year: of(Field::WeekYear, own.year),
                number: of(Field::WeekNumber, own.number),
                weekday: of(Field::Weekday, own.weekday),
            };
            from_week(week, rules)
        } else if let Some(ordinal) = fields.get(Field::Ordinal) {
            from_ordinal(of(Field::Year, civil.year.into()), ordinal)
        } else {
            let year = of(Field::Year, civil.year.into());
            let month = of(Field::Month, civil.month.into());
            let last = days_in_month(year, month);
            let day = fields.get(Field::Day).unwrap_or_else(|| js_min(last, civil.day.into()));
            Date { year, month, day }
        };
        let fields = Fields {
            year: date.year,
            month: date.month,
            day: date.day,
            hour: of(Field::Hour, civil.hour.into()),
            minute: of(Field::Minute, civil.minute.into()),
            second: of(Field::Second, civil.second.into()),
            millisecond: of(Field::Millisecond, civil.millisecond.into()),
        };
        let (ts, _) = fix_offset(fields.to_local_ts(), self.offset, &self.zone);
        Ok(self.at_ts(ts))
    }
}

pub(super) fn check_fields(fields: &Fields) -> Result<(), Invalid> {
    check_date(Date { year: fields.year, month: fields.month, day: fields.day })?;
    check_time(fields.hour, fields.minute, fields.second, fields.millisecond)
}

/// Takes local week fields for week fields, and says whose rules hold.
fn local_weeks(fields: &mut FieldSet, locale: &Locale) -> Result<WeekRules, Error> {
    const PAIRS: [(Field, Field); 3] = [
        (Field::LocalWeekday, Field::Weekday),
        (Field::LocalWeekNumber, Field::WeekNumber),
        (Field::LocalWeekYear, Field::WeekYear),
    ];
    if !PAIRS.iter().any(|(local, _)| fields.has(*local)) {
        return Ok(WeekRules::ISO);
    }
    if PAIRS.iter().any(|(_, iso)| fields.has(*iso)) {
        return Err(Error::conflict("Cannot mix locale-based week fields with ISO-based week fields"));
    }
    for (local, iso) in PAIRS {
        if let Some(value) = fields.get(local) {
            fields.set(iso, value);
            fields.clear(local);
        }
    }
    let week = locale.week();
    Ok(WeekRules { min_days: week.minimal_days, start: week.first_day })
}

/// Refuses fields that name the date in two ways; answers whether year, month or day are among them.
fn check_conflicts(fields: &FieldSet) -> Result<bool, Error> {
    let month_or_day = fields.has(Field::Month) || fields.has(Field::Day);
    let gregorian = fields.has(Field::Year) || month_or_day;
    let ordinal = fields.has(Field::Ordinal);
    if (gregorian || ordinal) && (fields.truthy(Field::WeekYear) || fields.truthy(Field::WeekNumber)) {
        return Err(Error::conflict("Can't mix weekYear/weekNumber units with year/month/day or ordinals"));
    }
    if month_or_day && ordinal {
        return Err(Error::conflict("Can't mix ordinal dates with month/day"));
    }
    Ok(gregorian)
}

/// Fills the missing fields: before the first one given with now's, after it with the smallest.
fn fill(fields: &mut FieldSet, naming: Naming, now: f64, rules: WeekRules) {
    let now = civil_from_ts(now).unwrap_or_default();
    let week = to_week(&now, rules);
    let ordered = [
        (Naming::Month, Field::Year, f64::from(now.year), 1.0),
        (Naming::Month, Field::Month, now.month.into(), 1.0),
        (Naming::Month, Field::Day, now.day.into(), 1.0),
        (Naming::Week, Field::WeekYear, week.year, 1.0),
        (Naming::Week, Field::WeekNumber, week.number, 1.0),
        (Naming::Week, Field::Weekday, week.weekday, 1.0),
        (Naming::Ordinal, Field::Year, now.year.into(), 1.0),
        (Naming::Ordinal, Field::Ordinal, to_ordinal(&now), 1.0),
    ];
    let times = [
        (naming, Field::Hour, f64::from(now.hour), 0.0),
        (naming, Field::Minute, now.minute.into(), 0.0),
        (naming, Field::Second, now.second.into(), 0.0),
        (naming, Field::Millisecond, now.millisecond.into(), 0.0),
    ];
    let mut found = false;
    for (kind, field, current, first) in ordered.into_iter().chain(times) {
        if kind != naming {
            continue;
        }
        if fields.has(field) {
            found = true;
        } else {
            fields.set(field, if found { first } else { current });
        }
    }
}

/// The date and time that filled fields name, if they are in range.
fn to_fields(fields: &FieldSet, naming: Naming, rules: WeekRules) -> Result<Fields, Invalid> {
    let of = |field: Field| fields.get(field).unwrap_or(f64::NAN);
    let date = match naming {
        Naming::Week => {
            let week = Week { year: of(Field::WeekYear), number: of(Field::WeekNumber), weekday: of(Field::Weekday) };
            check_week(week, rules)?;
            from_week(week, rules)
        }
        Naming::Ordinal => {
            check_ordinal(of(Field::Year), of(Field::Ordinal))?;
            from_ordinal(of(Field::Year), of(Field::Ordinal))
        }
        Naming::Month => {
            let date = Date { year: of(Field::Year), month: of(Field::Month), day: of(Field::Day) };
            check_date(date)?;
            date
        }
    };
    let (hour, minute) = (of(Field::Hour), of(Field::Minute));
    let (second, millisecond) = (of(Field::Second), of(Field::Millisecond));
    check_time(hour, minute, second, millisecond)?;
    Ok(Fields { year: date.year, month: date.month, day: date.day, hour, minute, second, millisecond })
}
