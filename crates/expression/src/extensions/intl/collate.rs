//! Text in the order of a locale (`localeCompare`, `Intl.Collator`).

use std::{cell::RefCell, cmp::Ordering};

use icu_collator::{
    Collator, CollatorBorrowed, CollatorPreferences,
    options::{AlternateHandling, CaseLevel, CollatorOptions, Strength},
    preferences::{CollationCaseFirst, CollationNumericOrdering},
};
use icu_locale_core::Locale;

/// What is compared and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Collation {
    /// A valid tag.
    pub(crate) locale: String,
    /// `base`, `accent`, `case` or `variant`.
    pub(crate) sensitivity: String,
    /// Whether digits compare as numbers.
    pub(crate) is_numeric: Option<bool>,
    /// `upper`, `lower` or `false`.
    pub(crate) case_first: String,
    pub(crate) ignores_punctuation: bool,
}

/// Compares two texts.
pub(crate) fn compare(collation: &Collation, left: &str, right: &str) -> Ordering {
    thread_local! {
        // The collator used last: sorting asks for the same one again and again.
        static LAST: RefCell<Option<(Collation, CollatorBorrowed<'static>)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| {
        if last.as_ref().is_none_or(|(known, _)| known != collation) {
            *last = collator(collation).map(|collator| (collation.clone(), collator));
        }
        last.as_ref().map_or_else(|| left.cmp(right), |(_, collator)| collator.compare(left, right))
    })
}

fn collator(collation: &Collation) -> Option<CollatorBorrowed<'static>> {
    let locale = Locale::try_from_str(&collation.locale).unwrap_or(Locale::UNKNOWN);
    let mut preferences = CollatorPreferences::from(&locale);
    if let Some(is_numeric) = collation.is_numeric {
        preferences.numeric_ordering =
            Some(if is_numeric { CollationNumericOrdering::True } else { CollationNumericOrdering::False });
    }
    preferences.case_first = match collation.case_first.as_str() {
        "upper" => Some(CollationCaseFirst::Upper),
        "lower" => Some(CollationCaseFirst::Lower),
        "false" => Some(CollationCaseFirst::False),
        _ => preferences.case_first,
    };
    let mut options = CollatorOptions::default();
    let (strength, case_level) = match collation.sensitivity.as_str() {
        "base" => (Strength::Primary, CaseLevel::Off),
        "accent" => (Strength::Secondary, CaseLevel::Off),
        "case" => (Strength::Primary, CaseLevel::On),
        _ => (Strength::Tertiary, CaseLevel::Off),
    };
    options.strength = Some(strength);
    options.case_level = Some(case_level);
    options.alternate_handling =
        Some(if collation.ignores_punctuation { AlternateHandling::Shifted } else { AlternateHandling::NonIgnorable });
    Collator::try_new(preferences, options).ok()
}

#[cfg(test)]
mod tests {
    use super::{Collation, compare};

    #[test]
    fn orders_as_people_do() {
        let mut words = ["z", "Ä", "a", "B", "b", "é", "e", "10", "9", "résumé", "resume", "_"];
        let english = Collation { locale: "en-US".into(), ..Collation::default() };
        words.sort_by(|left, right| compare(&english, left, right));
        assert_eq!(words, ["_", "10", "9", "a", "Ä", "b", "B", "e", "é", "resume", "résumé", "z"]);

        let swedish = Collation { locale: "sv".into(), ..Collation::default() };
        assert!(compare(&swedish, "ä", "z").is_gt());
        let numeric = Collation { is_numeric: Some(true), ..english.clone() };
        assert!(compare(&numeric, "a10", "a9").is_gt());
        let base = Collation { sensitivity: "base".into(), ..english };
        assert!(compare(&base, "a", "Á").is_eq());
    }
}
