//! The parts of a date as they are found.

/// Up to three numbers and the name of a month.
pub(super) struct Day {
    numbers: Vec<i64>,
    named_month: Option<i64>,
    is_iso: bool,
}

impl Day {
    pub(super) fn new() -> Self {
        Self { numbers: Vec::with_capacity(3), named_month: None, is_iso: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// False if there are three already.
    pub(super) fn add(&mut self, number: i64) -> bool {
        let has_room = self.numbers.len() < 3;
        if has_room {
            self.numbers.push(number);
        }
        has_room
    }

    pub(super) fn set_named_month(&mut self, month: i64) {
        self.named_month = Some(month);
    }

    /// Numbers are year, month, day, and the year is meant as written.
    pub(super) fn set_iso(&mut self) {
        self.is_iso = true;
    }

    /// Days since 1970.
    pub(super) fn value(&self) -> Option<f64> {
        let first = *self.numbers.first()?;
        let second = self.numbers.get(1).copied().unwrap_or(1);
        let third = self.numbers.get(2).copied().unwrap_or(1);
        let (year, month, day) = match self.named_month {
            Some(month) if is_month_day(first) => (second, month, first),
            Some(month) => (first, month, second),
            None if self.is_iso || !is_month_day(first) => (first, second, third),
            None => (third, first, second),
        };
        let year = match year {
            0..=49 if !self.is_iso => year + 2000,
            50..=99 if !self.is_iso => year + 1900,
            year => year,
        };
        (is_month(month) && is_month_day(day)).then(|| days_from_civil(year, month, day))
    }
}

/// Days since 1970 of a day that may be past the end of its month.
#[allow(clippy::cast_precision_loss, reason = "years have at most nine digits")]
fn days_from_civil(year: i64, month: i64, day: i64) -> f64 {
    // Years start in March, so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    (era * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468) as f64
}

/// Hour, minute, second and millisecond, as far as they are found.
pub(super) struct Time {
    numbers: Vec<i64>,
    hour_offset: Option<i64>,
}

impl Time {
    pub(super) fn new() -> Self {
        Self { numbers: Vec::with_capacity(4), hour_offset: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Whether the number can be the next part.
    pub(super) fn is_expecting(&self, number: i64) -> bool {
        match self.numbers.len() {
            1 => is_minute(number),
            2 => is_second(number),
            3 => is_millisecond(number),
            _ => false,
        }
    }

    /// False if there are four already.
    pub(super) fn add(&mut self, number: i64) -> bool {
        let has_room = self.numbers.len() < 4;
        if has_room {
            self.numbers.push(number);
        }
        has_room
    }

    /// Adds the last part; what is missing is zero.
    pub(super) fn finish(&mut self, number: i64) {
        self.add(number);
        self.numbers.resize(4, 0);
    }

    pub(super) fn set_hour_offset(&mut self, offset: i64) {
        self.hour_offset = Some(offset);
    }

    /// Milliseconds of the day.
    #[allow(clippy::cast_precision_loss, reason = "at most a day of milliseconds")]
    pub(super) fn value(&self) -> Option<f64> {
        let part = |index: usize| self.numbers.get(index).copied().unwrap_or(0);
        let (mut hour, minute, second, millisecond) = (part(0), part(1), part(2), part(3));
        if let Some(offset) = self.hour_offset {
            if !(0..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + offset;
        }
        let is_end_of_day = (hour, minute, second, millisecond) == (24, 0, 0, 0);
        let is_valid = is_hour(hour) && is_minute(minute) && is_second(second) && is_millisecond(millisecond);
        (is_valid || is_end_of_day).then(|| (((hour * 60 + minute) * 60 + second) * 1000 + millisecond) as f64)
    }
}

/// The offset from UTC.
pub(super) struct Zone {
    sign: i64,
    hour: Option<i64>,
    minute: Option<i64>,
}

impl Zone {
    pub(super) fn new() -> Self {
        Self { sign: 1, hour: None, minute: None }
    }

    pub(super) fn set(&mut self, sign: i64, hour: i64, minute: Option<i64>) {
        (self.sign, self.hour, self.minute) = (sign, Some(hour), minute);
    }

    pub(super) fn set_hours(&mut self, hours: i64) {
        self.set(hours.signum(), hours.abs(), Some(0));
    }

    pub(super) fn set_minute(&mut self, minute: i64) {
        self.minute = Some(minute);
    }

    pub(super) fn is_utc(&self) -> bool {
        self.hour == Some(0) && self.minute == Some(0)
    }

    /// Whether a minute is missing and the number can be it.
    pub(super) fn is_expecting(&self, number: i64) -> bool {
        self.hour.is_some() && self.minute.is_none() && is_minute(number)
    }

    #[allow(clippy::cast_precision_loss, reason = "at most nine digits of hours")]
    pub(super) fn offset_seconds(&self) -> f64 {
        (self.sign * (self.hour.unwrap_or(0) * 3600 + self.minute.unwrap_or(0) * 60)) as f64
    }
}

pub(super) fn is_month(number: i64) -> bool {
    (1..=12).contains(&number)
}

pub(super) fn is_month_day(number: i64) -> bool {
    (1..=31).contains(&number)
}

pub(super) fn is_hour(number: i64) -> bool {
    (0..24).contains(&number)
}

pub(super) fn is_minute(number: i64) -> bool {
    (0..60).contains(&number)
}

pub(super) fn is_second(number: i64) -> bool {
    (0..60).contains(&number)
}

fn is_millisecond(number: i64) -> bool {
    (0..1000).contains(&number)
}
