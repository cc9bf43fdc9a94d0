//! Option objects: locales, ISO forms, relative times, `Intl`.

use rquickjs::{Ctx, Exception, Object, Result, Value};

use super::{
    args::{flag, number, property, text, truthy, unit},
    call::{Call, throw},
};
use crate::luxon::{
    Accuracy, DurationFormat, Error, Field, HumanFormat, IsoOptions, LocaleOptions, RelativeOptions, Rounding,
    SignMode, SqlTimeOptions, WeekSettings, Zone,
    intl::{
        number::{ListKind, NumberFormat, Style},
        options::{DateFormat, HourCycle},
    },
};

/// `locale`, `numberingSystem`, `outputCalendar` and `weekSettings`.
pub(super) fn locale_options<'js>(ctx: &Ctx<'js>, options: Option<&Object<'js>>) -> Result<LocaleOptions> {
    let word = |name: &str| -> Result<Option<String>> {
        match property(options, name)?.filter(truthy) {
            Some(value) => text(ctx, &value).map(Some),
            None => Ok(None),
        }
    };
    if let Some(tag) = property(options, "locale")?.filter(truthy)
        && !tag.is_string()
    {
        return Err(Exception::throw_type(ctx, "localeStr.indexOf is not a function"));
    }
    Ok(LocaleOptions {
        locale: word("locale")?,
        numbering_system: word("numberingSystem")?,
        output_calendar: word("outputCalendar")?,
        week: property(options, "weekSettings")?
            .filter(|value| !value.is_null())
            .map(|value| week_settings(ctx, &value))
            .transpose()?,
    })
}

fn week_settings<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<WeekSettings> {
    let Some(object) = value.as_object() else {
        return Err(throw(ctx, &Error::argument("Week settings must be an object")));
    };
    let invalid = || throw(ctx, &Error::argument("Invalid week settings"));
    let day = |value: &Value<'js>| {
        value.as_number().filter(|day| (1.0..=7.0).contains(day) && day.fract() == 0.0).map(|day| day as u8)
    };
    let weekend: Value<'js> = object.get("weekend")?;
    let list = weekend.as_array().ok_or_else(invalid)?;
    let weekend =
        list.iter::<Value<'js>>().map(|item| item.map(|item| day(&item))).collect::<Result<Option<Vec<_>>>>()?;
    Ok(WeekSettings {
        first_day: day(&object.get("firstDay")?).ok_or_else(invalid)?,
        minimal_days: day(&object.get("minimalDays")?).ok_or_else(invalid)?,
        weekend: weekend.ok_or_else(invalid)?,
    })
}

/// `conversionAccuracy`, where it is given.
pub(super) fn parse_accuracy<'js>(ctx: &Ctx<'js>, options: Option<&Object<'js>>) -> Result<Option<Accuracy>> {
    let Some(value) = property(options, "conversionAccuracy")?.filter(truthy) else { return Ok(None) };
    Ok(Some(if text(ctx, &value)? == "longterm" { Accuracy::Longterm } else { Accuracy::Casual }))
}

/// The options of the ISO forms; `precision` is the default one.
pub(super) fn iso<'js>(ctx: &Ctx<'js>, options: Option<&Object<'js>>, precision: Field) -> Result<IsoOptions> {
    let Some(_) = options else {
        return Ok(IsoOptions { precision, ..IsoOptions::default() });
    };
    let extended = match property(options, "format")? {
        Some(format) => text(ctx, &format)? == "extended",
        None => true,
    };
    let precision = match property(options, "precision")? {
        Some(value) if !value.is_string() => {
            let _ = value;
            return Err(Exception::throw_type(ctx, "unit.toLowerCase is not a function"));
        }
        Some(value) => Field::parse_precision(&text(ctx, &value)?).map_err(|error| throw(ctx, &error))?,
        None => precision,
    };
    Ok(IsoOptions {
        extended,
        suppress_seconds: flag(options, "suppressSeconds", false)?,
        suppress_milliseconds: flag(options, "suppressMilliseconds", false)?,
        include_offset: flag(options, "includeOffset", true)?,
        include_prefix: flag(options, "includePrefix", false)?,
        extended_zone: flag(options, "extendedZone", false)?,
        precision,
    })
}

/// The options of the SQL forms.
pub(super) fn sql(options: Option<&Object<'_>>) -> Result<SqlTimeOptions> {
    Ok(SqlTimeOptions {
        include_offset: flag(options, "includeOffset", true)?,
        include_zone: flag(options, "includeZone", false)?,
        include_offset_space: flag(options, "includeOffsetSpace", true)?,
    })
}

/// The options of `toRelative` and `toRelativeCalendar`.
pub(super) fn relative<'js>(ctx: &Ctx<'js>, options: Option<&Object<'js>>, calendar: bool) -> Result<RelativeOptions> {
    let mut read = RelativeOptions::default();
    if let Some(base) = property(options, "base")?.filter(truthy) {
        read.base = super::args::date_time(&base);
    }
    if let Some(padding) = property(options, "padding")? {
        read.padding = number(ctx, &padding)?;
    }
    if let Some(value) = property(options, "unit")?.filter(truthy) {
        match value.as_array() {
            Some(list) => {
                read.units = list.iter::<Value<'js>>().map(|item| unit(ctx, &item?)).collect::<Result<_>>()?;
            }
            None => read.unit = Some(unit(ctx, &value)?),
        }
    }
    read.round = flag(options, "round", true)?;
    if let Some(rounding) = property(options, "rounding")?.filter(|_| !calendar) {
        read.rounding = Rounding::parse(&text(ctx, &rounding)?).map_err(|error| throw(ctx, &error))?;
    }
    if let Some(style) = property(options, "style")? {
        read.narrow = text(ctx, &style)? != "long";
    }
    Ok(read)
}

/// The options of `Intl.DateTimeFormat`.
pub(super) fn date_format<'js>(call: &Call<'_, 'js>, options: Option<&Object<'js>>) -> Result<DateFormat> {
    let ctx = &call.ctx;
    let mut format = DateFormat::default();
    const WORDS: [&str; 12] = [
        "weekday",
        "era",
        "year",
        "month",
        "day",
        "dayPeriod",
        "hour",
        "minute",
        "second",
        "timeZoneName",
        "hourCycle",
        "dateStyle",
    ];
    let mut explicit = false;
    for name in WORDS.into_iter().chain(["timeStyle"]) {
        if let Some(value) = property(options, name)? {
            format.set(name, &text(ctx, &value)?).map_err(|error| throw(ctx, &error))?;
            explicit |= !matches!(name, "dateStyle" | "timeStyle" | "hourCycle");
        }
    }
    let styled = property(options, "dateStyle")?.is_some() || property(options, "timeStyle")?.is_some();
    if let Some(digits) = property(options, "fractionalSecondDigits")? {
        let digits = number(ctx, &digits)?;
        if !(1.0..=3.0).contains(&digits) {
            return Err(Exception::throw_range(ctx, "fractionalSecondDigits value is out of range."));
        }
        format.fraction = digits as usize;
        explicit = true;
    }
    if styled && explicit {
        return Err(Exception::throw_type(ctx, "Invalid option : option"));
    }
    if let Some(hour12) = property(options, "hour12")? {
        format.hour_cycle = Some(if truthy(&hour12) { HourCycle::H12 } else { HourCycle::H23 });
    }
    if let Some(zone) = property(options, "timeZone")?.filter(truthy) {
        let name = text(ctx, &zone)?;
        let zone = Zone::iana(&name);
        if !zone.is_valid() {
            return Err(Exception::throw_range(ctx, &format!("Invalid time zone specified: {name}")));
        }
        format.time_zone = Some(zone);
    }
    Ok(format)
}

/// Options of `Duration.toFormat`.
pub(super) fn duration_format<'js>(ctx: &Ctx<'js>, options: Option<&Object<'js>>) -> Result<DurationFormat> {
    let is_false = |value: Option<Value<'js>>| value.is_some_and(|value| value.as_bool() == Some(false));
    let sign_mode = match property(options, "signMode")?.map(|value| text(ctx, &value)).transpose()?.as_deref() {
        Some("negativeLargestOnly") => SignMode::NegativeLargestOnly,
        Some("all") => SignMode::All,
        _ => SignMode::Negative,
    };
    let floor = !is_false(property(options, "round")?) && !is_false(property(options, "floor")?);
    Ok(DurationFormat { floor, sign_mode, number: number_format(ctx, options)? })
}

/// Options of `Duration.toHuman`.
pub(super) fn human_format<'js>(ctx: &Ctx<'js>, options: Option<&Object<'js>>) -> Result<HumanFormat> {
    let style = |name: &str, default: Style| -> Result<Style> {
        let Some(value) = property(options, name)?.filter(truthy) else { return Ok(default) };
        let word = text(ctx, &value)?;
        match word.as_str() {
            "long" => Ok(Style::Long),
            "short" => Ok(Style::Short),
            "narrow" => Ok(Style::Narrow),
            _ => {
                let message = format!("Value {word} out of range for Intl.NumberFormat options property {name}");
                Err(Exception::throw_range(ctx, &message))
            }
        }
    };
    let list_kind = match property(options, "type")?.map(|value| text(ctx, &value)).transpose()?.as_deref() {
        Some("disjunction") => ListKind::Disjunction,
        Some("unit") => ListKind::Unit,
        _ => ListKind::Conjunction,
    };
    Ok(HumanFormat {
        show_zeros: property(options, "showZeros")?.is_none_or(|value| value.as_bool() != Some(false)),
        unit_display: style("unitDisplay", Style::Long)?,
        list_style: style("listStyle", Style::Narrow)?,
        list_kind,
        number: number_format(ctx, options)?,
    })
}

fn number_format<'js>(ctx: &Ctx<'js>, options: Option<&Object<'js>>) -> Result<NumberFormat> {
    let digits = |name: &str, low: f64, high: f64| -> Result<Option<usize>> {
        let Some(value) = property(options, name)? else { return Ok(None) };
        let digits = number(ctx, &value)?;
        if !(low..=high).contains(&digits) {
            return Err(Exception::throw_range(ctx, &format!("{name} value is out of range.")));
        }
        Ok(Some(digits as usize))
    };
    let least = digits("minimumFractionDigits", 0.0, 100.0)?;
    let most = digits("maximumFractionDigits", 0.0, 100.0)?;
    let default = NumberFormat::default();
    let maximum = most.unwrap_or(default.maximum_fraction_digits.max(least.unwrap_or(0)));
    Ok(NumberFormat {
        minimum_integer_digits: digits("minimumIntegerDigits", 1.0, 21.0)?.unwrap_or(1),
        minimum_fraction_digits: least.unwrap_or(0).min(maximum),
        maximum_fraction_digits: maximum,
        use_grouping: flag(options, "useGrouping", false)?,
        ..default
    })
}
